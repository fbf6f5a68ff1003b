from __future__ import annotations

import dataclasses

import pytest

from pathoflow.errors import Code, UsageError
from pathoflow.networks import find_network, load_card
from pathoflow.pipeline import DEFAULT_NETWORKS, RunSettings


def test_nothing_needs_to_be_set() -> None:
    settings = RunSettings()
    assert settings.networks == ()
    assert settings.device == "auto"
    assert settings.mpp is None
    assert not settings.overwrite


def test_the_default_networks_answer_for_every_class_once() -> None:
    cards = [load_card(find_network(name)) for name in DEFAULT_NETWORKS]
    classes = [name for card in cards for name in card.classes]
    assert {"vessel", "tumour", "stroma", "lumen", "duct", "tumour_cell", "endothelium"} <= {
        *classes
    }
    assert len({*classes}) == len(classes)


@pytest.mark.parametrize("mpp", [0.1, 0.25, 0.5, 2.0])
def test_what_scanners_write_may_be_stated(mpp: float) -> None:
    assert RunSettings(mpp=mpp).mpp == mpp


@pytest.mark.parametrize("mpp", [0.0, -0.5, 0.099, 2.1, 40.0, float("nan"), float("inf")])
def test_no_scanner_writes_such_a_scale(mpp: float) -> None:
    with pytest.raises(UsageError, match=r"outside 0\.1 to 2 µm per pixel") as caught:
        RunSettings(mpp=mpp)
    assert caught.value.code is Code.MPP_SUSPECT


def test_settings_stay_as_they_are_during_a_run() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        RunSettings().overwrite = True  # type: ignore[misc]
