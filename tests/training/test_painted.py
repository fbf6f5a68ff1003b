from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pathoflow.training import painted
from pathoflow.training.painted import PatchBank, paint_bank
from pathoflow.training.settings import PaintedData

DATA = PaintedData((1, 2), (3,), slide_px=1000, patches_per_slide=2, patch_px=64)


def bank(n: int = 2, side: int = 8) -> PatchBank:
    rng = np.random.default_rng(0)
    masks = rng.random((3, n, side, side)) < 0.5
    return PatchBank(rng.integers(0, 256, (n, side, side, 3), np.uint8), *masks)


@pytest.mark.parametrize("ratio", [2, 4])
def test_reducing_averages_colours_and_takes_the_majority(ratio: int) -> None:
    whole = bank()
    small = whole.reduced(ratio)
    assert small.pixels.shape == (2, 8 // ratio, 8 // ratio, 3)
    assert small.pixels.dtype == np.uint8
    for n in range(2):
        for y in range(8 // ratio):
            for x in range(8 // ratio):
                at = (n, slice(y * ratio, (y + 1) * ratio), slice(x * ratio, (x + 1) * ratio))
                for channel in range(3):
                    mean = whole.pixels[at][..., channel].astype(float).mean()
                    assert abs(small.pixels[n, y, x, channel] - mean) <= 0.5
                for kind in ("vessel", "tumour", "known"):
                    n_true = int(getattr(whole, kind)[at].sum())
                    assert getattr(small, kind)[n, y, x] == (2 * n_true >= ratio**2)


def test_reducing_by_one_changes_nothing() -> None:
    whole = bank()
    assert whole.reduced(1) is whole


def test_white_stays_white() -> None:
    yes, no = np.ones((1, 4, 4), bool), np.zeros((1, 4, 4), bool)
    white = PatchBank(np.full((1, 4, 4, 3), 255, np.uint8), yes, no, yes)
    small = white.reduced(2)
    assert (small.pixels == 255).all()
    assert small.vessel.all()
    assert not small.tumour.any()


def test_each_target_has_its_own_truth() -> None:
    whole = bank()
    assert whole.truth("vessel") is whole.vessel
    assert whole.truth("tumour") is whole.tumour


@pytest.fixture
def painter(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Paint numbers instead of slides; gives the list of seeds that were painted."""
    seeds: list[int] = []

    def paint(data: PaintedData, seed: int) -> dict[str, np.ndarray]:
        seeds.append(seed)
        n, side = data.patches_per_slide, 16
        masks = np.full((n, side, side), seed % 2 == 0)
        pixels = np.full((n, side, side, 3), seed, np.uint8)
        return {"pixels": pixels, "vessel": masks, "tumour": ~masks, "known": masks | ~masks}

    monkeypatch.setattr(painted, "_paint_slide", paint)
    monkeypatch.setattr(painted, "ProcessPoolExecutor", ThreadPoolExecutor)
    return seeds


def test_patches_come_in_the_order_of_the_seeds(painter: list[int], tmp_path: Path) -> None:
    told: list[str] = []
    found = paint_bank(DATA, (7, 4, 9), tmp_path / "cache", told.append)
    assert found.pixels[:, 0, 0, 0].tolist() == [7, 7, 4, 4, 9, 9]
    assert found.vessel[:, 0, 0].tolist() == [False, False, True, True, False, False]
    assert np.array_equal(found.tumour, ~found.vessel)
    assert found.known.all()
    assert told[-1] == "painted slide 9: 3 of 3"


def test_what_was_painted_before_is_read_again(painter: list[int], tmp_path: Path) -> None:
    first = paint_bank(DATA, (7, 4), tmp_path, lambda _: None)
    painter.clear()
    again = paint_bank(DATA, (7, 4), tmp_path, lambda _: None)
    assert painter == []
    assert np.array_equal(first.pixels, again.pixels)
    assert np.array_equal(first.vessel, again.vessel)
    assert [path.suffix for path in tmp_path.iterdir()] == [".npz"], "nothing half-written is left"


def test_other_seeds_of_a_config_do_not_paint_a_bank_anew(
    painter: list[int], tmp_path: Path
) -> None:
    paint_bank(DATA, (7,), tmp_path, lambda _: None)
    painter.clear()
    paint_bank(replace(DATA, validation_seeds=(99,)), (7,), tmp_path, lambda _: None)
    assert painter == []


@pytest.mark.parametrize(
    "changed",
    [{"patch_px": 128}, {"slide_mpp": 0.25}, {"patches_per_slide": 3}, {"invaded_per_slide": 0}],
)
def test_other_slides_are_painted_anew(
    painter: list[int], tmp_path: Path, changed: dict[str, float]
) -> None:
    paint_bank(DATA, (7,), tmp_path, lambda _: None)
    paint_bank(replace(DATA, **changed), (7,), tmp_path, lambda _: None)  # type: ignore[arg-type]
    paint_bank(DATA, (7, 8), tmp_path, lambda _: None)
    assert sorted(painter) == [7, 7, 7, 8]


def test_another_generator_paints_anew(
    painter: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint_bank(DATA, (7,), tmp_path, lambda _: None)
    monkeypatch.setattr(painted, "GENERATOR_VERSION", "another")
    paint_bank(DATA, (7,), tmp_path, lambda _: None)
    assert painter == [7, 7]


def test_an_interrupted_painting_leaves_no_bank(
    painter: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        paint_bank(DATA, (7, 8), tmp_path, stop)
    assert list(tmp_path.iterdir()) == []
