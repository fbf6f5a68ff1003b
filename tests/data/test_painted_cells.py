from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pathoflow.data import (
    CELL_CLASSES,
    CellPlaces,
    DataSettings,
    PaintedCellData,
    PaintedData,
    bank,
    load_data,
    paint_cell_bank,
    painted_cells,
)
from pathoflow.data.painted_cells import draw_discs, patch_centres
from pathoflow.errors import UsageError
from pathoflow.networks.plain import from_plain
from pathoflow.phantom import CellKind, PhantomSpec, TrueNuclei, nuclei_in, paint, plan_slide
from pathoflow.space import Box, Frame

DATA = PaintedCellData((1, 2), (3,), slide_px=1000, patches_per_slide=3, patch_px=64)


@pytest.fixture
def painter(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Paint numbers instead of slides; gives the list of seeds that were painted."""
    seeds: list[int] = []

    def paint_slide(data: PaintedCellData, seed: int) -> dict[str, np.ndarray]:
        seeds.append(seed)
        n, side = data.patches_per_slide, data.patch_px
        pixels = np.full((n, side, side, 3), seed, np.uint8)
        discs = np.full((n, side, side), seed % 7, np.uint8)
        return {"pixels": pixels, "discs": discs, "known": discs < 9}

    monkeypatch.setattr(painted_cells, "_paint_slide", paint_slide)
    monkeypatch.setattr(bank, "ProcessPoolExecutor", ThreadPoolExecutor)
    return seeds


def nuclei(*rows: tuple[float, float, CellKind]) -> TrueNuclei:
    return TrueNuclei(
        np.array([row[:2] for row in rows], float), np.array([row[2] for row in rows], np.uint8)
    )


def test_a_disc_is_the_pixels_whose_centres_lie_in_it() -> None:
    box = Box(100, 200, 40, 50)
    discs = draw_discs(nuclei((117.3, 225.9, CellKind.LEUCOCYTE)), box, 3.5)
    y, x = np.mgrid[100:140, 200:250] + 0.5
    inside = np.hypot(y - 117.3, x - 225.9) <= 3.5
    assert np.array_equal(discs, np.where(inside, 3, 0))
    assert abs(int(inside.sum()) - np.pi * 3.5**2) < 4


def test_a_pixel_in_two_discs_belongs_to_the_nearer_centre() -> None:
    pair = nuclei((20.5, 18.5, CellKind.TUMOUR), (20.5, 22.5, CellKind.DUCT))
    discs = draw_discs(pair, Box(0, 0, 40, 40), 3.0)
    # The centres lie in the pixels 18 and 22; 20 is as far from both.
    assert discs[20, 15:20].tolist() == [1] * 5
    assert discs[20, 21:26].tolist() == [6] * 5
    assert discs[20, 14] == discs[20, 26] == 0


def test_discs_reach_in_from_outside_and_fat_has_none() -> None:
    outside = nuclei((-1.0, 10.0, CellKind.HEPATOCYTE), (20.0, 20.0, CellKind.FAT))
    discs = draw_discs(outside, Box(0, 0, 40, 40), 3.0)
    assert set(np.unique(discs)) == {0, 2}
    assert discs[2:].max() == 0


def test_every_kind_but_fat_has_one_class() -> None:
    kinds = [kind for kinds in CELL_CLASSES.values() for kind in kinds]
    assert sorted(kinds) == sorted(set(CellKind) - {CellKind.FAT})


def test_numbers_follow_shares_and_add_up() -> None:
    even = CellPlaces(1, 1, 1, 1, 1, 1).numbers(12)
    assert set(even.values()) == {2}
    assert CellPlaces(3, 1, 0, 0, 0, 0).numbers(8) == {
        "invaded": 6,
        "lookalike": 2,
        "tumour": 0,
        "tract": 0,
        "parenchyma": 0,
        "endothelium": 0,
    }
    for total in range(30):
        assert sum(CellPlaces().numbers(total).values()) == total


def test_wrong_shares_and_families_are_refused() -> None:
    with pytest.raises(UsageError, match="none below 0"):
        CellPlaces(invaded=-0.1)
    with pytest.raises(UsageError, match="one above"):
        CellPlaces(0, 0, 0, 0, 0, 0)
    with pytest.raises(UsageError, match="train, test, stress, not life"):
        PaintedCellData((1,), (2,), families=("train", "life"))


def test_patches_lie_where_the_shares_want_them() -> None:
    plan = plan_slide(PhantomSpec(3, (4000, 4000), 0.5, "train", vessels=20, mvi_vessels=3))
    data = replace(DATA, slide_px=4000, patches_per_slide=30, patch_px=64)
    shift = 64 * 0.5 / 4

    def centres(**shares: float) -> np.ndarray:
        none = dict.fromkeys(CellPlaces().numbers(0), 0.0)
        places = CellPlaces(**(none | shares))
        found = patch_centres(plan, replace(data, places=places), np.random.default_rng(0))
        assert len(found) == 30
        return np.array([(point.y, point.x) for point in found])

    y, x = centres(invaded=1).T
    invaded = [v.lumen.signed_distance(y, x) for v in plan.vessels if v.is_mvi]
    assert (np.min(invaded, axis=0) < 2 * shift).all()
    y, x = centres(parenchyma=1).T
    assert (plan.tissue.tissue_distance(y, x) < 0).all()
    assert (plan.tissue.tumour_distance(y, x) > 0).all()
    y, x = centres(tumour=1).T
    assert (plan.tissue.mass_distance(y, x) < 2 * shift).all()
    y, x = centres(endothelium=1).T
    walls = [np.abs(v.lumen.signed_distance(y, x)) for v in plan.vessels]
    assert (np.min(walls, axis=0) < 2 * shift).all()


def test_patches_are_painted_and_marked_as_the_plan_says() -> None:
    data = replace(DATA, slide_px=3000, vessels_per_slide=9, invaded_per_slide=1)
    arrays = painted_cells._paint_slide(data, 4)
    assert arrays["pixels"].shape == (3, 64, 64, 3)
    assert arrays["known"].dtype == np.bool_
    spec = PhantomSpec(4, (3000, 3000), 0.5, "train", vessels=9, mvi_vessels=1)
    plan = plan_slide(spec)
    first = patch_centres(plan, data, np.random.default_rng(4))[0]
    box = Box(int(first.y / 0.5) - 32, int(first.x / 0.5) - 32, 64, 64)
    assert np.array_equal(arrays["pixels"][0], paint(plan, box))
    found = nuclei_in(plan, box, Frame(1.0, 1.0))
    assert len(found.of(CellKind.TUMOUR)) > 0
    y, x = np.floor(found.of(CellKind.TUMOUR)).astype(int).T
    assert (arrays["discs"][0, y - box.top, x - box.left] == 1).all()


def test_classes_are_chosen_from_one_bank(painter: list[int], tmp_path: Path) -> None:
    found = paint_cell_bank(DATA, (1, 2), tmp_path, lambda _: None, ("hepatocyte", "tumour_cell"))
    assert found.classes == ("hepatocyte", "tumour_cell")
    assert found.mpp == 0.5
    assert found.groups == ("painted-train-1",) * 3 + ("painted-train-2",) * 3
    assert found.truth("tumour_cell")[:3].all()
    assert found.truth("hepatocyte")[3:].all()
    assert not found.truth("hepatocyte")[:3].any()
    painter.clear()
    assert paint_cell_bank(DATA, (1, 2), tmp_path, lambda _: None).masks.shape[1] == 6
    assert painter == []
    with pytest.raises(UsageError, match="no class vessel: choose from tumour_cell, hepatocyte"):
        paint_cell_bank(DATA, (1,), tmp_path, lambda _: None, ("vessel",))


@pytest.mark.parametrize(
    "changed", [{"disc_um": 2.0}, {"places": CellPlaces(invaded=1)}, {"families": ("stress",)}]
)
def test_other_marks_are_painted_anew(
    painter: list[int], tmp_path: Path, changed: dict[str, Any]
) -> None:
    paint_cell_bank(DATA, (1,), tmp_path, lambda _: None)
    paint_cell_bank(replace(DATA, **changed), (1,), tmp_path, lambda _: None)
    assert painter == [1, 1]


def test_families_take_turns_by_seed() -> None:
    data = replace(DATA, families=("train", "stress"))
    assert [data.family(seed) for seed in (4, 5, 6)] == ["train", "stress", "train"]


def test_a_config_names_painted_nuclei_as_it_names_painted_slides(
    painter: list[int], tmp_path: Path
) -> None:
    table = {
        "classes": ["tumour_cell", "hepatocyte"],
        "mpp": 0.5,
        "patch_px": 32,
        "painted_cells": {
            "train_seeds": [1, 2],
            "validation_seeds": [8],
            "patch_px": 64,
            "patches_per_slide": 2,
            "places": {"invaded": 0.5},
        },
    }
    settings = from_plain(table, DataSettings)
    assert settings.painted_cells is not None
    assert settings.painted_cells.places.invaded == 0.5
    loaded = load_data(settings, tmp_path, tmp_path, lambda _: None)
    # Every patch of 64 px is cut into four.
    assert (len(loaded.train), len(loaded.validation)) == (16, 8)
    assert loaded.train.classes == ("tumour_cell", "hepatocyte")


def test_nuclei_and_tissue_cannot_be_asked_together() -> None:
    with pytest.raises(UsageError, match="painted and painted_cells have no class in common"):
        DataSettings(painted=PaintedData((1,), (2,)), painted_cells=DATA)


def test_a_scale_that_is_no_multiple_is_refused(painter: list[int], tmp_path: Path) -> None:
    settings = DataSettings(("tumour_cell",), mpp=0.7, painted_cells=DATA)
    with pytest.raises(UsageError, match=r"multiple of painted_cells.slide_mpp"):
        load_data(settings, tmp_path, tmp_path, lambda _: None)
