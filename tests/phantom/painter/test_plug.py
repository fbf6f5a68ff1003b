from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pathoflow.phantom import Plan
from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.plug import body_tissue
from pathoflow.phantom.painter.tumour import tumour_tissue
from pathoflow.phantom.plan.vessel import Contents, Plug, PlugTissue, Vessel
from pathoflow.phantom.shapes.cells import HEPATOCYTES, Extent, cells_in
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Box, Point

LUMEN = WavyRing(Point(400.0, 500.0), np.full(ANGLES, 80.0))
BOX = Box(700, 900, 200, 200)
#: Mean concentrations of H and E that a body may have, from the table of tissues: hepatocytes 0.08
#: and 0.30 (denser when squeezed), collagen 0.24 eosin, fibrin near smooth muscle and necrosis.
RANGES: dict[PlugTissue, tuple[tuple[float, float], tuple[float, float]]] = {
    "hepatocytes": ((0.06, 0.23), (0.22, 0.34)),
    "leucocytes": ((0.08, 0.25), (0.17, 0.29)),
    "histiocytes": ((0.08, 0.24), (0.20, 0.32)),
    "fibrin": ((0.03, 0.25), (0.15, 0.42)),
    "organised": ((0.05, 0.21), (0.18, 0.33)),
}


def tissue_of(
    plan: Plan, tissue: PlugTissue, index: int
) -> tuple[Canvas, list[NDArray[np.float32]]]:
    canvas = Canvas(BOX, 0.5)
    cells = (cells_in(HEPATOCYTES, Extent(330, 430, 470, 570), 3),)
    plug = Plug(LUMEN, 0.0, "filling", tissue=tissue)
    vessel = Vessel(index, "hepatic", LUMEN, LUMEN, Contents("thrombus", plug, cells=cells))
    distance = LUMEN.signed_distance(*canvas.places_um)
    dye = body_tissue(plan, canvas, vessel, tissue, distance)
    return canvas, [np.broadcast_to(np.asarray(sheet), canvas.h.shape) for sheet in dye]


@pytest.mark.parametrize("tissue", sorted(RANGES))
def test_tissues_keep_to_the_concentrations_of_their_kind(plan: Plan, tissue: PlugTissue) -> None:
    (h_low, h_high), (e_low, e_high) = RANGES[tissue]
    means = np.array(
        [[sheet.mean() for sheet in tissue_of(plan, tissue, index)[1]] for index in range(10)]
    )
    assert ((means[:, 0] > h_low) & (means[:, 0] < h_high)).all()
    assert ((means[:, 1] > e_low) & (means[:, 1] < e_high)).all()
    # Plugs of one kind differ: their strength is each vessel's own.
    assert np.ptp(means[:, 0]) > 0.02


def test_tumour_is_the_tissue_of_the_mass(plan: Plan) -> None:
    tissues: tuple[PlugTissue, ...] = ("tumour", "degenerate")
    for tissue in tissues:
        canvas, (h, e, red) = tissue_of(plan, tissue, 0)
        mass = tumour_tissue(plan, canvas)
        assert np.array_equal(h, mass[0])
        assert np.array_equal(e, mass[1])
        assert np.array_equal(red, mass[2])


def test_no_concentration_is_negative(plan: Plan) -> None:
    for tissue in RANGES:
        for index in range(4):
            for sheet in tissue_of(plan, tissue, index)[1]:
                assert sheet.min() >= 0


def test_a_thrombus_is_layered_one_way_across_the_lumen(plan: Plan) -> None:
    """Bands: the red between them varies far more across the laminae than along them."""
    ratios = []
    for index in range(12):
        red = tissue_of(plan, "fibrin", index)[1][2].astype(float)
        if red.std() < 0.05:
            continue
        down, right = np.gradient(red)
        tensor = np.cov(down.ravel(), right.ravel())
        low, high = np.linalg.eigvalsh(tensor)
        ratios.append(high / low)
    assert len(ratios) > 3
    assert np.median(ratios) > 1.3


def test_hepatocytes_have_pale_borders_between_them(plan: Plan) -> None:
    _, (_, e, _) = tissue_of(plan, "hepatocytes", 0)
    cells = cells_in(HEPATOCYTES, Extent(330, 430, 470, 570), 3)
    row = ((cells.y_um / 0.5) - BOX.top).astype(int)
    col = ((cells.x_um / 0.5) - BOX.left).astype(int)
    keep = (row > 40) & (row < 160) & (col > 40) & (col < 160)
    assert e[row[keep], col[keep]].mean() > e[40:160, 40:160].mean() + 0.005
