"""Manifest, configs and cards of the starter networks tell one story: the slides painted today, the same seeds."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from pathoflow.networks.registry import BUNDLED
from pathoflow.phantom import GENERATOR_VERSION
from pathoflow.training import load_settings

NETWORKS = sorted(p.parent.name for p in BUNDLED.glob("*/card.json"))


def config(name: str) -> dict[str, Any]:
    return tomllib.loads((BUNDLED / name / "train.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", NETWORKS)
def test_the_manifest_describes_what_the_config_paints(name: str, root: Path) -> None:
    manifest = tomllib.loads((root / "data_manifests" / "painted-starter.toml").read_text("utf-8"))
    made, split, data = manifest["generator"], manifest["split"], config(name)["data"]["painted"]
    assert made["version"] == GENERATOR_VERSION
    assert made["size_px"] == [data["slide_px"]] * 2
    assert made["mpp"] == data["slide_mpp"]
    assert made["mvi_vessels"] == data["invaded_per_slide"]
    for key in ("train_seeds", "validation_seeds"):
        assert list(range(split[key]["first"], split[key]["last"] + 1)) == data[key]


@pytest.mark.parametrize("name", NETWORKS)
def test_the_card_is_of_the_config_beside_it_and_of_the_generator_of_today(name: str) -> None:
    card = json.loads((BUNDLED / name / "card.json").read_text("utf-8"))
    training, wanted = card["training"], config(name)
    painted = training["painted"]
    assert painted["generator"] == GENERATOR_VERSION, "train again, or say in the manifest why not"
    assert card["version"] == wanted["version"]
    named = wanted["data"]["painted"]
    assert {key: painted[key] for key in named} == named
    # The cards were written by an earlier loop, which named the same things in one flat table.
    schedule = load_settings(BUNDLED / name / "train.toml").schedule
    flat = {
        **asdict(schedule),
        **asdict(schedule.optimisation),
        "crop_px": schedule.augmentation.crop_px,
    }
    assert {key: flat[key] for key in training["schedule"]} == training["schedule"]
