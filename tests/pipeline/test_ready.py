from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pathoflow.errors import Code, NetworkError, UsageError
from pathoflow.networks import Network, NetworkCard, registry, save_card
from pathoflow.pipeline import RunSettings
from pathoflow.pipeline import ready as module
from pathoflow.pipeline.ready import Ready

WEIGHTS = b"no weights, but some bytes"


@pytest.fixture
def make_folder(tmp_path: Path, make_card: Callable[..., NetworkCard]) -> Callable[..., Path]:
    """A network folder whose weights are any bytes: they are hashed here, never loaded."""

    def make(name: str, *classes: str) -> Path:
        folder = tmp_path / "networks" / name
        folder.mkdir(parents=True)
        (folder / "weights.safetensors").write_bytes(WEIGHTS)
        sha256 = hashlib.sha256(WEIGHTS).hexdigest()
        save_card(replace(make_card(*classes, sha256=sha256), name=name), folder)
        return folder

    return make


@pytest.fixture(autouse=True)
def bundled(
    tmp_path: Path, make_folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The default networks, as folders of this test; the classifier is the one that comes along."""
    make_folder("vessel-starter", "vessel")
    make_folder("tissue-starter", "tumour", "stroma")
    make_folder("cells-starter", "tumour_cell", "leucocyte")
    shutil.copytree(
        registry.BUNDLED / "classifier-starter", tmp_path / "networks" / "classifier-starter"
    )
    monkeypatch.setattr(registry, "BUNDLED", tmp_path / "networks")
    monkeypatch.setattr(registry, "entry_points", lambda group: [])
    return tmp_path / "networks"


def names(*networks: object) -> list[str]:
    ready = Ready.of(RunSettings(networks=tuple(str(one) for one in networks)))
    return [card.name for card in ready.cards]


def test_without_a_wish_the_default_networks_answer() -> None:
    assert names() == ["vessel-starter", "tissue-starter", "cells-starter"]
    assert Ready.of(RunSettings()).judge is not None


def test_a_network_takes_the_place_of_the_default_of_its_class(
    make_folder: Callable[..., Path],
) -> None:
    mine = make_folder("mine", "tumour")
    assert names(mine) == ["mine", "vessel-starter", "tissue-starter", "cells-starter"]
    cards = Ready.of(RunSettings(networks=(str(mine),))).cards
    assert cards[2].classes == ("stroma",), "of the default network, only what is still open"


def test_a_network_for_all_classes_of_a_default_one_leaves_it_out(
    make_folder: Callable[..., Path],
) -> None:
    both = make_folder("both", "vessel", "tumour", "stroma")
    assert names(both) == ["both", "cells-starter"]


def test_of_nuclei_one_network_answers_for_all_classes(make_folder: Callable[..., Path]) -> None:
    mine = make_folder("mine", "tumour_cell")
    assert names(mine) == ["mine", "vessel-starter", "tissue-starter"]


def test_a_network_for_another_class_comes_beside_the_defaults(
    make_folder: Callable[..., Path],
) -> None:
    assert names(make_folder("ducts", "duct"))[1:] == names()


def test_a_classifier_of_vessels_takes_the_place_of_the_default_one(
    bundled: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    shutil.copytree(bundled / "classifier-starter", mine)
    ready = Ready.of(RunSettings(networks=(str(mine),)))
    assert ready.judge is not None
    assert ready.judge[0] == mine
    assert len(ready.cards) == 3
    with pytest.raises(NetworkError, match="both judge whole vessels"):
        names(mine, bundled / "classifier-starter")


def test_what_a_result_depends_on_names_the_classifier_too() -> None:
    ready = Ready.of(RunSettings())
    assert [card.name for card in ready.all_cards] == [*names(), "classifier-starter"]
    assert ready.is_synthetic, "the classifier learned from painted slides"


def test_two_networks_for_one_class_are_refused(make_folder: Callable[..., Path]) -> None:
    with pytest.raises(NetworkError, match="more than one network answers for vessel;"):
        names(make_folder("mine", "vessel"), make_folder("yours", "vessel", "duct"))


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(NetworkError, match="'nobody' is not known"):
        names("nobody")


def test_a_class_without_network_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DEFAULT_NETWORKS", ("vessel-starter",))
    with pytest.raises(NetworkError, match="no network answers for tumour;"):
        names()


def test_altered_weights_are_refused_before_any_slide(bundled: Path) -> None:
    (bundled / "vessel-starter" / "weights.safetensors").write_bytes(b"others")
    with pytest.raises(NetworkError) as caught:
        names()
    assert caught.value.code is Code.MODEL_HASH


def test_networks_are_loaded_once_and_on_first_use() -> None:
    calls: list[Any] = []
    ready = Ready(RunSettings(), [], lambda: calls.append(1) or [])  # type: ignore[func-returns-value]
    assert not ready.is_loaded
    assert ready.loaded is ready.loaded
    assert ready.is_loaded
    assert len(calls) == 1


def test_networks_that_failed_to_load_are_not_loaded() -> None:
    def fail() -> Any:
        raise NetworkError("cannot be built.")

    ready = Ready(RunSettings(), [], fail)
    with pytest.raises(NetworkError):
        _ = ready.networks
    assert not ready.is_loaded


def test_tiles_and_blocks_suit_the_memory_that_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def bytes_per_pixel(card: NetworkCard) -> float:
        asked.append(card.name)
        return 400.0

    monkeypatch.setattr("pathoflow.networks.footprint.bytes_per_pixel", bytes_per_pixel)
    plenty = Ready.of(RunSettings()).settings.inference
    assert asked == [], "nobody needs to know as long as no limit is given"
    little = Ready.of(RunSettings(max_ram_gb=1.0)).settings.inference
    assert asked == ["vessel-starter", "tissue-starter"], "nuclei are sought in small crops"
    assert (little.tile_px, little.block_px) < (plenty.tile_px, plenty.block_px)


def test_too_little_memory_is_refused_before_any_slide_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pathoflow.networks.footprint.bytes_per_pixel", lambda card: 400.0)
    with pytest.raises(UsageError, match="give at least"):
        Ready.of(RunSettings(max_ram_gb=0.1))


def test_the_network_of_nuclei_maps_no_slide(make_network: Callable[..., Network]) -> None:
    mapping, counting = make_network("vessel"), make_network("tumour_cell")
    ready = Ready(RunSettings(), [], lambda: [mapping, counting])
    assert ready.networks == [mapping]
    assert ready.cell_network is counting
    assert Ready(RunSettings(), [], lambda: [mapping]).cell_network is None
