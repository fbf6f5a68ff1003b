"""Manifest, configs and cards of the starter networks tell one story: the slides painted today, the same seeds."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from pathoflow.loopnet import load_loopnet_settings
from pathoflow.networks.registry import BUNDLED
from pathoflow.phantom import GENERATOR_VERSION
from pathoflow.training import load_settings

MANIFEST = "painted-starter.toml"
#: Those that learned from patches of tissue at low power, on the slides that the manifest names.
TISSUES = ["tissue-starter", "vessel-starter"]
#: Cards of today's loop. That of the vessel network was written by an earlier one, in another form.
CARDS = ["cells-starter", "tissue-starter"]


def config(name: str) -> dict[str, Any]:
    return tomllib.loads((BUNDLED / name / "train.toml").read_text("utf-8"))


def card(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((BUNDLED / name / "card.json").read_text("utf-8"))
    return read


def test_every_bundled_network_is_looked_at_here() -> None:
    there = {p.parent.name for p in BUNDLED.glob("*/card.json")}
    assert there == {*TISSUES, *CARDS, "classifier-starter"}


@pytest.mark.parametrize("name", TISSUES)
def test_the_manifest_describes_what_the_config_paints(name: str, root: Path) -> None:
    manifest = tomllib.loads((root / "data_manifests" / MANIFEST).read_text("utf-8"))
    made, split, data = manifest["generator"], manifest["split"], config(name)["data"]["painted"]
    assert made["version"] == GENERATOR_VERSION
    assert made["size_px"] == [data["slide_px"]] * 2
    assert made["mpp"] == data["slide_mpp"]
    assert made["mvi_vessels"] == data["invaded_per_slide"]
    for key in ("train_seeds", "validation_seeds"):
        assert list(range(split[key]["first"], split[key]["last"] + 1)) == data[key]


def test_the_manifest_names_the_slides_of_nuclei_and_of_vessels(root: Path) -> None:
    split = tomllib.loads((root / "data_manifests" / MANIFEST).read_text("utf-8"))["split"]
    nuclei = config("cells-starter")["data"]["painted_cells"]
    judged = tomllib.loads((root / "benchmarks" / "specs" / "loopnet.toml").read_text("utf-8"))
    for key, seeds in (
        ("nuclei_train_seeds", nuclei["train_seeds"]),
        ("nuclei_validation_seeds", nuclei["validation_seeds"]),
        ("classifier_train_seeds", judged["train"]["seeds"]),
        ("classifier_calibration_seeds", judged["calibration"]["seeds"]),
    ):
        assert list(range(split[key]["first"], split[key]["last"] + 1)) == seeds


@pytest.mark.parametrize("name", CARDS)
def test_the_card_is_of_the_config_beside_it_and_of_the_generator_of_today(name: str) -> None:
    training, wanted = card(name)["training"], config(name)
    painted = training["data"]["painted"]
    assert painted["generator"] == GENERATOR_VERSION, "train again, or say in the manifest why not"
    assert card(name)["version"] == wanted["version"]
    named = next(
        wanted["data"][key] for key in ("painted", "painted_cells") if key in wanted["data"]
    )
    assert {key: painted[key] for key in named} == named
    settings = load_settings(BUNDLED / name / "train.toml")
    assert (training["method"], training["options"]) == (settings.method, settings.options)
    assert training["schedule"] == json.loads(json.dumps(asdict(settings.schedule)))


def test_the_vessel_network_s_card_is_of_its_config_in_an_earlier_form() -> None:
    training, wanted = card("vessel-starter")["training"], config("vessel-starter")
    painted = training["painted"]
    assert painted["generator"] == GENERATOR_VERSION, "train again, or say in the manifest why not"
    assert card("vessel-starter")["version"] == wanted["version"]
    named = wanted["data"]["painted"]
    assert {key: painted[key] for key in named} == named
    schedule = load_settings(BUNDLED / "vessel-starter" / "train.toml").schedule
    flat = {
        **asdict(schedule),
        **asdict(schedule.optimisation),
        "crop_px": schedule.augmentation.crop_px,
    }
    assert {key: flat[key] for key in training["schedule"]} == training["schedule"]


def test_the_classifier_learned_from_the_slides_of_its_config(root: Path) -> None:
    training = card("classifier-starter")["training"]
    settings = load_loopnet_settings(root / "benchmarks" / "specs" / "loopnet.toml")
    assert training["generator_version"] == GENERATOR_VERSION
    assert training["seeds"] == list(settings.train.seeds)
    assert training["settings_sha256"] == settings.stamp()
