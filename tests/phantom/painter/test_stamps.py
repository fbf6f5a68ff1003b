from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from pathoflow.phantom import Plan
from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.stamps import PATTERNS, press_cells
from pathoflow.phantom.shapes.cells import CellKind, Cells, Extent, cells_in, tumour_lattice
from pathoflow.space import Box


def one_cell(kind: CellKind, y: float, x: float, radius: float) -> Cells:
    one = np.ones(1, np.float32)
    return Cells(
        np.array([y]), np.array([x]), radius * one, one, 0 * one, np.array([7], np.uint32), kind
    )


@pytest.mark.parametrize("kind", [CellKind.TUMOUR, CellKind.RED_CELL, CellKind.FAT])
@pytest.mark.parametrize("radius", [3.0, 5.0, 12.0])
def test_a_stamp_covers_a_disc_at_its_place(kind: CellKind, radius: float) -> None:
    canvas = Canvas(Box(0, 0, 120, 120), 0.5)
    canvas.e[:] = 1.0
    press_cells(canvas, one_cell(kind, 30.3, 27.8, radius))
    cover = 1.0 - canvas.e
    cover /= cover.max()
    assert cover.sum() * 0.25 == pytest.approx(np.pi * radius**2, rel=0.12)
    assert np.array(ndimage.center_of_mass(cover)) * 0.5 + 0.25 == pytest.approx(
        [30.3, 27.8], abs=0.4
    )


def test_painted_nuclei_are_as_many_dots_as_planned() -> None:
    cells = cells_in(tumour_lattice(0.3), Extent(10, 10, 240, 240), 4)
    canvas = Canvas(Box(0, 0, 1000, 1000), 0.25)
    # Half size keeps neighbours that touch apart, so that dots can be counted.
    press_cells(
        canvas,
        Cells(
            cells.y_um,
            cells.x_um,
            cells.radius_um / 2,
            cells.elongation,
            cells.angle,
            cells.bits,
            cells.kind,
        ),
    )
    _, dots = ndimage.label(canvas.h > 0.05)
    assert dots == len(cells)


def test_the_cells_of_an_invaded_vessel_are_as_many_dots_as_the_truth_says(plan: Plan) -> None:
    for vessel in plan.vessels:
        if not vessel.is_mvi:
            continue
        extent = vessel.extent_um
        canvas = Canvas(
            Box.spanning(
                *(int(v * 4) for v in (extent.top, extent.left, extent.bottom, extent.right))
            ),
            0.25,
        )
        for cells in vessel.contents.cells:
            if cells.kind is CellKind.TUMOUR:
                press_cells(
                    canvas,
                    Cells(
                        cells.y_um,
                        cells.x_um,
                        cells.radius_um / 2,
                        cells.elongation,
                        cells.angle,
                        cells.bits,
                        cells.kind,
                    ),
                )
        _, dots = ndimage.label(canvas.h > 0.05)
        assert dots == vessel.n_tumour_cells >= 1


def test_a_cell_that_reaches_over_the_border_is_cut_not_lost() -> None:
    whole, left = Canvas(Box(0, 0, 40, 40), 1.0), Canvas(Box(0, 0, 40, 20), 1.0)
    for canvas in (whole, left):
        press_cells(canvas, one_cell(CellKind.TUMOUR, 20.0, 21.0, 6.0))
    assert np.array_equal(whole.h[:, :20], left.h)
    assert left.h.max() > 0.2


def look_of(kind: CellKind, bits: int, grade: float = 0.5) -> np.ndarray:
    canvas = Canvas(Box(0, 0, 60, 60), 0.25)
    cell = one_cell(kind, 7.5, 7.5, 4.0)
    press_cells(canvas, replace(cell, bits=np.array([bits], np.uint32)), grade=grade)
    return canvas.h + canvas.red


@pytest.mark.parametrize("kind", [CellKind.HEPATOCYTE, CellKind.LEUCOCYTE, CellKind.RED_CELL])
def test_nuclei_come_in_many_patterns(kind: CellKind) -> None:
    # Bits above the tenth choose the pattern and no other trait.
    looks = {look_of(kind, k << 10).tobytes() for k in range(PATTERNS)}
    assert len(looks) == PATTERNS > 9


def test_a_red_cell_is_pale_in_the_middle() -> None:
    red = look_of(CellKind.RED_CELL, 0)
    assert red[30, 30] < 0.9 * red[30, 18:24].max()


def test_a_hepatocyte_nucleus_has_a_rim_and_clear_ground() -> None:
    y, x = (np.indices((60, 60)) + 0.5) * 0.25 - 7.5
    rho = np.hypot(y, x) / 4.0
    mean = np.mean([look_of(CellKind.HEPATOCYTE, k << 10) for k in range(PATTERNS)], axis=0)
    assert mean[(rho > 0.78) & (rho < 0.9)].mean() > 1.1 * mean[(rho > 0.45) & (rho < 0.65)].mean()


def test_a_higher_grade_makes_tumour_nuclei_more_irregular() -> None:
    def unrest(grade: float) -> float:
        # The upper bits, all set, keep these cells out of mitosis.
        looks = [look_of(CellKind.TUMOUR, 0xFFFC0000 + (k << 10), grade) for k in range(48)]
        inside = [h[h > 0.05] for h in looks]
        return float(np.mean([h.std() / h.mean() for h in inside]))

    assert unrest(1.0) > 1.05 * unrest(0.0)


def test_a_mitosis_is_a_dark_plate_in_a_clear_cell_and_commoner_at_high_grade() -> None:
    shown = []
    for grade in (0.0, 1.0):
        looks = [look_of(CellKind.TUMOUR, k << 18, grade) for k in range(64)]
        # Dark in the middle, nearly clear just inside the outline on either side.
        deep = [h[30, 30] > 0.6 and min(h[20, 30], h[30, 20], h[39, 30]) < 0.2 for h in looks]
        shown.append(sum(deep))
    # The first 4 and the first 40 of 4,096 hashed values divide.
    assert shown == [4, 40]
