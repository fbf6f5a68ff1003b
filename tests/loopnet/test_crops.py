from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from shapely import Point

from pathoflow.cells import Nuclei
from pathoflow.data import bank
from pathoflow.errors import UsageError
from pathoflow.loopnet import crops
from pathoflow.loopnet.crops import PaintedVessels, painted_vessels
from pathoflow.loopnet.examples import VesselExamples
from pathoflow.loopnet.grid import GridSettings
from pathoflow.phantom import PhantomSpec, Truth, plan_slide, training_patch
from pathoflow.phantom.shapes.cells import CellKind, Cells
from pathoflow.space import Box, Frame

SPEC = PaintedVessels(
    (3,), slide_px=5000, invaded_per_slide=3, plain_per_slide=2, ducts_per_slide=1, max_um=160.0
)
GRID = GridSettings(side=6)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bank")


@pytest.fixture(scope="module")
def found(cache: Path) -> VesselExamples:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bank, "ProcessPoolExecutor", ThreadPoolExecutor)
        return painted_vessels(SPEC, GRID, cache)


def test_vessels_with_a_nucleus_their_label_and_their_slide(found: VesselExamples) -> None:
    assert len(found) >= 3
    assert set(found.groups) == {"painted-train-3"}
    assert found.is_mvi.tolist() == [name == "tumour" for name in found.contents]
    assert 1 <= found.is_mvi.sum() <= 3
    assert found.n_cells.min() >= 1
    assert found.n_cells.max() <= 36
    assert found.cells.shape[1:] == (32, 32, 3)


def test_every_cell_lies_in_the_middle_of_its_place(found: VesselExamples) -> None:
    """Nuclei are the darkest thing there; the centre is inside the lumen, so it is not white."""
    centre = found.cells[:, 12:20, 12:20].mean(axis=(1, 2, 3))
    rim = found.cells[:, [0, -1]].mean(axis=(1, 2, 3))
    assert np.median(rim - centre) > 20
    assert (found.cells[:, 16, 16].min(axis=1) < 255).all()


def test_cancer_cells_are_the_planned_ones(found: VesselExamples) -> None:
    plan = plan_slide(PhantomSpec(3, (5000, 5000), 0.5, "train", mvi_vessels=3))
    planned = sorted(vessel.n_tumour_cells for vessel in plan.vessels if vessel.is_mvi)
    counted = [int(found.is_cancer[found.span(i)].sum()) for i in range(len(found))]
    invaded = [n for n, is_mvi in zip(counted, found.is_mvi, strict=True) if is_mvi]
    assert not sum(n for n, is_mvi in zip(counted, found.is_mvi, strict=True) if not is_mvi)
    # A section of a plug shows most of its nuclei, and no more than there are places.
    assert max(invaded) <= min(36, 1.3 * max(planned))
    assert sum(invaded) >= 0.5 * sum(min(36, n) for n in planned[: len(invaded)])


def test_what_was_painted_is_read_again(
    found: VesselExamples, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crops, "plan_slide", None)
    again = painted_vessels(SPEC, GRID, cache)
    assert np.array_equal(again.cells, found.cells)
    assert again.contents == found.contents


def test_a_found_nucleus_is_the_planned_one_under_it() -> None:
    def planned(kind: CellKind, y_um: float, x_um: float) -> Cells:
        one = np.ones(1, np.float32)
        return Cells(
            np.array([y_um]), np.array([x_um]), 4 * one, one, one, np.ones(1, np.uint32), kind
        )

    cells = (
        planned(CellKind.TUMOUR, 110.0, 205.0),
        planned(CellKind.LEUCOCYTE, 130.0, 205.0),
        planned(CellKind.RED_CELL, 150.0, 205.0),
    )
    profile = crops._Profile(Point(0, 0).buffer(1), "tumour", True, cells)
    # At 0.5 µm/px the box begins at (100, 200) µm: pixel (19, 9) has its centre at (109.75, 204.75).
    centres = np.array([(19, 9), (59, 9), (99, 9), (19, 30.0)])
    nuclei = Nuclei(centres, *(np.ones(4) for _ in range(5)))
    found = crops._true_cancer(nuclei, profile, Box(200, 400, 200, 100), 0.5)
    assert found.tolist() == [True, False, False, False]


def test_stain_is_measured_against_the_slides_own_white() -> None:
    plan = plan_slide(PhantomSpec(3, (5000, 5000), 0.5, "train", mvi_vessels=3))
    found = crops._stain_of(Truth(plan), np.random.default_rng(0))
    glass = training_patch(plan, Frame(1, 1), Box(0, 0, 8, 8)).reshape(-1, 3)
    assert np.abs(np.array(found.white) - np.median(glass, axis=0)).max() < 3
    # Within the range of stains that the family strays in, and not at a limit.
    assert 0.6 < found.haematoxylin < 1.6


def test_outlines_stray_as_far_as_they_are_told() -> None:
    disc = Point(500, 500).buffer(100, quad_segs=64)
    rng = np.random.default_rng(0)
    still = PaintedVessels((1,), offset_um=0.0, shift_um=0.0)
    assert crops._strayed(disc, still, rng).symmetric_difference(disc).area < 1e-6
    radii = [
        (crops._strayed(disc, PaintedVessels((1,), shift_um=0.0), rng).area / np.pi) ** 0.5
        for _ in range(400)
    ]
    # 2 µm are 4 px.
    assert np.mean(radii) == pytest.approx(100, abs=0.8)
    assert np.std(radii) == pytest.approx(4, rel=0.1)
    vanishing = PaintedVessels((1,), offset_um=1e6)
    assert not any(crops._strayed(disc, vanishing, rng).is_empty for _ in range(4))


def test_numbers_that_cannot_be_painted_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="seeds must be named, each once; plain_per_slide"):
        PaintedVessels((1, 1), plain_per_slide=-1)
    with pytest.raises(UsageError, match=r"0.5 µm/px cannot be painted on slides of 0.4"):
        painted_vessels(PaintedVessels((1,), slide_mpp=0.4), GRID, tmp_path)
