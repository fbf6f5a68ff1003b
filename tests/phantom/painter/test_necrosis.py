from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pathoflow.phantom import PhantomSpec, Plan, plan_slide
from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.necrosis import dead, paint_decay, paint_septa, spared
from pathoflow.phantom.plan.tissue import Decay
from pathoflow.phantom.shapes.cells import Extent, cells_in
from pathoflow.space import Box


@pytest.fixture(scope="module")
def large() -> Plan:
    return plan_slide(PhantomSpec(6, (6000, 6000), 1.5, "train", vessels=3))


def decayed(plan: Plan, decay: Decay) -> Plan:
    return replace(plan, tissue=replace(plan.tissue, decay=decay))


def middle(plan: Plan, side: int, mpp: float) -> Canvas:
    assert plan.tissue.tumour is not None
    c = plan.tissue.tumour.centre_um
    return Canvas(Box(int(c.y / mpp) - side // 2, int(c.x / mpp) - side // 2, side, side), mpp)


def painted(plan: Plan, canvas: Canvas) -> Canvas:
    assert plan.tissue.tumour is not None
    distance = canvas.interpolate(plan.tissue.tumour.signed_distance)
    paint_septa(plan, canvas, distance)
    paint_decay(plan, canvas, distance)
    return canvas


def test_a_sound_tumour_is_left_as_it_is(large: Plan) -> None:
    canvas = painted(decayed(large, Decay()), middle(large, 300, 2.0))
    assert not canvas.e.any()
    cells = cells_in(large.tumour_nuclei, canvas.extent, 1)
    assert spared(decayed(large, Decay()), cells).all()


def test_about_the_share_asked_for_dies_deep_inside(large: Plan) -> None:
    ring = large.tissue.tumour
    assert ring is not None
    y, x = (
        (c + np.arange(-ring.reach_um, ring.reach_um, 15.0))
        for c in (ring.centre_um.y, ring.centre_um.x)
    )
    depth = -ring.signed_distance(y[:, None], x[None, :])
    for share in (0.1, 0.35):
        gone = dead(decayed(large, Decay(necrosis=share)), y[:, None], x[None, :])
        assert (gone[depth > 400] > 0).mean() == pytest.approx(share, abs=0.5 * share + 0.05)
        assert not gone[depth < 150].any()


def test_blood_lies_in_lakes_of_red_pigment(large: Plan) -> None:
    canvas = painted(decayed(large, Decay(haemorrhage=0.1)), middle(large, 700, 1.0))
    assert 0.005 < (canvas.red > 0.25).mean() < 0.35
    assert canvas.h[canvas.red > 0.25].max() < 0.1


def test_septa_are_thin_bands_of_collagen_with_spindle_nuclei(large: Plan) -> None:
    canvas = painted(decayed(large, Decay(septa_um=20.0)), middle(large, 900, 1.5))
    band = canvas.e > 0.05
    assert 0.01 < band.mean() < 0.25
    assert 0.17 < np.median(canvas.e[band]) < 0.32
    assert np.median(canvas.h[band]) < 0.08
    assert canvas.h.max() > 0.25


def test_no_tumour_nucleus_is_spared_in_a_band_or_a_dead_field(large: Plan) -> None:
    plan = decayed(large, Decay(necrosis=0.3, haemorrhage=0.05, septa_um=20.0))
    assert plan.tissue.tumour is not None
    c = plan.tissue.tumour.centre_um
    cells = cells_in(plan.tumour_nuclei, Extent(c.y - 700, c.x - 700, c.y + 700, c.x + 700), 1)
    kept = spared(plan, cells)
    assert 0.3 < kept.mean() < 0.95
    assert (dead(plan, cells.y_um, cells.x_um)[kept] < 0.5).all()
