from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pathoflow.phantom import Plan
from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.mosaic import CONE_UM, mosaic_of
from pathoflow.phantom.plan.parenchyma import MARGIN_UM, Hepatocytes, hepatocytes_in
from pathoflow.space import Box


def around(plan: Plan, canvas: Canvas, fat: float) -> Hepatocytes:
    fatty = replace(plan, look=replace(plan.look, fat=fat))
    return hepatocytes_in(fatty, canvas.extent.grow(MARGIN_UM))


@pytest.mark.parametrize("fat", [0.0, 0.45])
@pytest.mark.parametrize("mpp", [0.25, 0.5, 1.0, 2.0])
def test_the_fields_are_the_distances_to_the_nearest_cells(
    plan: Plan, mpp: float, fat: float
) -> None:
    side = int(max(30, 50 * mpp) / mpp)
    canvas = Canvas(Box(int(700 / mpp) + 1, int(640 / mpp) + 1, side, side + 3), mpp)
    found = around(plan, canvas, fat)
    mosaic = mosaic_of(canvas, found, np.zeros(len(found), np.float32))
    dy = canvas.y_um[:, None, None] - found.cells.y_um
    dx = canvas.x_um[None, :, None] - found.cells.x_um
    away = np.minimum(np.hypot(dy, dx) - found.reach_um, CONE_UM)
    two = np.partition(away, 1, axis=2)
    # A lattice of one µm rounds off the crease at borders, no more.
    assert np.abs(mosaic.to_border_um - (two[..., 1] - two[..., 0])).max() < 1.6
    odd, even = away[..., found.is_odd].min(axis=2), away[..., ~found.is_odd].min(axis=2)
    assert np.abs(mosaic.to_sinusoid_um - (odd - even)).max() < 1.6


def test_each_pixel_has_the_tone_of_the_cell_it_lies_in(plan: Plan) -> None:
    canvas = Canvas(Box(1400, 1300, 160, 160), 0.5)
    found = around(plan, canvas, 0.0)
    tone = np.arange(len(found), dtype=np.float32)
    mosaic = mosaic_of(canvas, found, tone)
    dy = canvas.y_um[:, None, None] - found.cells.y_um
    nearest = np.hypot(dy, canvas.x_um[None, :, None] - found.cells.x_um).argmin(axis=2)
    amid = mosaic.to_border_um > 4
    assert amid.mean() > 0.4
    assert np.allclose(mosaic.tone[amid], tone[nearest[amid]])


def test_two_canvases_agree_where_they_overlap(plan: Plan) -> None:
    whole, part = Canvas(Box(1400, 1300, 90, 90), 0.5), Canvas(Box(1433, 1351, 30, 27), 0.5)
    sheets = []
    for canvas in (whole, part):
        found = around(plan, canvas, 0.3)
        mosaic = mosaic_of(canvas, found, np.float32(1e-3) * (found.cells.bits % 7))
        sheets.append((mosaic.to_border_um, mosaic.to_sinusoid_um, mosaic.tone))
    rows, cols = part.box.within(whole.box).slices
    for one, two in zip(*sheets, strict=True):
        assert np.array_equal(one[rows, cols], two)
