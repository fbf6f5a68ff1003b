from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from pathoflow.data import PaintedData, bank, paint_bank, painted
from pathoflow.errors import UsageError
from pathoflow.phantom import Artefacts, PhantomSpec, Truth, plan_slide
from pathoflow.space import Box, Frame

DATA = PaintedData((1, 2), (3,), slide_px=1000, patches_per_slide=2, patch_px=64)


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
    monkeypatch.setattr(bank, "ProcessPoolExecutor", ThreadPoolExecutor)
    return seeds


def test_patches_come_in_the_order_of_the_seeds(painter: list[int], tmp_path: Path) -> None:
    told: list[str] = []
    found = paint_bank(DATA, (7, 4, 9), tmp_path / "cache", told.append)
    assert found.pixels[:, 0, 0, 0].tolist() == [7, 7, 4, 4, 9, 9]
    assert found.classes == ("vessel", "tumour")
    assert found.truth("vessel")[:, 0, 0].tolist() == [False, False, True, True, False, False]
    assert np.array_equal(found.truth("tumour"), ~found.truth("vessel"))
    assert found.mpp == DATA.bank_mpp
    assert found.groups == tuple(f"painted-train-{seed}" for seed in (7, 7, 4, 4, 9, 9))
    assert found.known.all()
    assert told[-1] == "painted slide 9: 3 of 3"


def test_what_was_painted_before_is_read_again(painter: list[int], tmp_path: Path) -> None:
    first = paint_bank(DATA, (7, 4), tmp_path, lambda _: None)
    painter.clear()
    again = paint_bank(DATA, (7, 4), tmp_path, lambda _: None)
    assert painter == []
    assert np.array_equal(first.pixels, again.pixels)
    assert np.array_equal(first.masks, again.masks)
    assert [path.suffix for path in tmp_path.iterdir()] == [".npz"], "nothing half-written is left"


def test_classes_are_chosen_from_one_bank(painter: list[int], tmp_path: Path) -> None:
    both = paint_bank(DATA, (7,), tmp_path, lambda _: None)
    painter.clear()
    tumour = paint_bank(DATA, (7,), tmp_path, lambda _: None, ("tumour",))
    assert painter == []
    assert tumour.masks.shape == (2, 1, 16, 16)
    assert np.array_equal(tumour.masks[:, 0], both.truth("tumour"))
    with pytest.raises(UsageError, match="no class fat: choose from vessel, tumour, necrosis"):
        paint_bank(DATA, (7,), tmp_path, lambda _: None, ("fat",))


def test_further_classes_leave_the_bank_of_vessel_and_tumour_as_it_is(
    painter: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(data: PaintedData, seed: int) -> dict[str, np.ndarray]:
        shape = (data.patches_per_slide, 16, 16)
        return {name: np.full(shape, k == seed % 4) for k, name in enumerate(painted._TISSUES)}

    monkeypatch.setattr(painted, "_draw_tissues", draw)
    paint_bank(DATA, (6,), tmp_path, lambda _: None)
    (first,) = tmp_path.iterdir()
    before = first.read_bytes()
    painter.clear()
    found = paint_bank(DATA, (6,), tmp_path, lambda _: None, ("lumen", "tumour", "duct"))
    assert painter == []
    assert first.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 2
    assert found.classes == ("lumen", "tumour", "duct")
    assert [found.truth(name).all() for name in found.classes] == [True, False, False]


def test_further_classes_are_those_of_the_painted_patches() -> None:
    data = replace(DATA, slide_px=2400, patches_per_slide=3, patch_px=512, invaded_per_slide=1)
    pixels, tissues = painted._paint_slide(data, 3), painted._draw_tissues(data, 3)
    assert set(tissues) == {"necrosis", "stroma", "lumen", "duct"}
    assert all(mask.shape == pixels["vessel"].shape for mask in tissues.values())
    # A lumen lies in its vessel, stroma and ducts in none.
    assert tissues["lumen"].any()
    assert not (tissues["lumen"] & ~pixels["vessel"]).any()
    assert not ((tissues["stroma"] | tissues["duct"]) & pixels["vessel"]).any()


def test_glass_hiding_artefacts_and_equivocal_veins_cannot_be_judged() -> None:
    soil = Artefacts(pen=("blue",), folds=1, bubbles=1, blurs=0, dust=2, tears=2, dropouts=1)
    spec = PhantomSpec(2, (2400, 2400), 1.0, "test", mvi_vessels=0, equivocal=1, artefacts=soil)
    truth = Truth(plan_slide(spec))
    frame, box = Frame(8, 8), Box(0, 0, 300, 300)
    known = painted.judgeable(truth, box, frame)
    rows, columns = (np.mgrid[:300, :300] + 0.5) * 8
    centres = shapely.points(columns, rows)
    kinds = ("fold", "dust", "bubble", "pen", "dropout")
    # A torn hole covers what lies under it: it may be judged even where a fold hides the tissue.
    holes = shapely.union_all([o for kind, o in truth.artefacts if kind in ("tear", "retraction")])
    hiding = shapely.union_all([o for kind, o in truth.artefacts if kind in kinds])
    unsure = [truth.wall(v) for v in truth.plan.vessels if v.contents.is_equivocal]
    assert len(unsure) == 1
    expected = shapely.contains(truth.tissue, centres)
    expected &= ~shapely.contains(shapely.union_all(unsure), centres)
    hidden = shapely.contains(hiding, centres)
    clear = ~shapely.contains(holes, centres)
    assert np.array_equal(known[clear], (expected & ~hidden)[clear])
    assert (expected & hidden & clear).any()


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
