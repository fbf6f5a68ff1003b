from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pathoflow.inference import TileTally
from pathoflow.networks import Network
from pathoflow.pipeline import RunSettings
from pathoflow.pipeline.provenance import (
    describe_networks,
    describe_run,
    plain_settings,
    source_commit,
    utc_now,
)
from pathoflow.pipeline.ready import Ready
from pathoflow.store import result_schema

NOBODY = Ready(RunSettings(), [], list)


def test_everything_that_the_schema_asks_for_is_there(make_network: Callable[..., Network]) -> None:
    networks = [make_network("vessel", sha256="b" * 64)]
    ready = Ready(RunSettings(), [n.card for n in networks], lambda: networks)
    found = describe_run(ready, utc_now(), TileTally(7, 2, 1), False)
    schema = result_schema()["properties"]["provenance"]
    assert set(schema["required"]) <= set(found)
    assert found["tiles"] == {"done": 7, "skipped": 2, "failed": 1}
    network = found["networks"][0]
    assert (network["name"], network["version"]) == ("vessel-net", "1.0")
    assert network["sha256"] == "b" * 64
    # Of the text "{}": the card tells nothing of its training.
    assert network["training_sha256"] == hashlib.sha256(b"{}").hexdigest()
    assert found["seed"] is None
    assert (found["device"], found["dtype"]) == ("cpu", "float32")
    assert found["synthetic"] is False


def test_without_networks_there_was_no_device() -> None:
    assert describe_run(NOBODY, utc_now(), TileTally(), True)["device"] == "none"


def test_settings_come_back_from_json_as_they_were() -> None:
    plain = plain_settings(RunSettings(networks=("mine",), mpp=0.25))
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["networks"] == ["mine"]
    assert plain["mpp"] == 0.25


def test_sets_are_written_in_one_order() -> None:
    flags = plain_settings(RunSettings())["score"]["doubt_flags"]
    assert flags == ["ARTEFACT", "BLUR", "FOLD", "PEN"]


@pytest.mark.parametrize("other", [RunSettings(overwrite=True), RunSettings(device="cpu")])
def test_where_and_whether_to_run_is_no_setting_of_the_result(other: RunSettings) -> None:
    assert plain_settings(other) == plain_settings(RunSettings())


def test_the_time_is_utc_to_the_second() -> None:
    told = datetime.strptime(utc_now(), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert abs((datetime.now(UTC) - told).total_seconds()) < 60


def test_the_commit_is_a_hash_or_unknown() -> None:
    commit = source_commit()
    assert commit is None or re.fullmatch(r"[0-9a-f]{40}", commit)


def test_what_was_measured_about_weights_afterwards_is_told_apart(
    make_network: Callable[..., Network],
) -> None:
    card = make_network("vessel").card
    other = replace(card, calibration={"count": {"ratio": 2.0}})
    first, second = (
        describe_networks(Ready(RunSettings(), [one], list))[0] for one in (card, other)
    )
    assert first["sha256"] == second["sha256"]
    assert first["calibration_sha256"] != second["calibration_sha256"]
