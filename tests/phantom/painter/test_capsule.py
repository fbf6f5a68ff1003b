from __future__ import annotations

import numpy as np
import pytest

from pathoflow.phantom import PhantomSpec, Plan, plan_slide
from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.capsule import along_ring, collagen, paint_tumour_border
from pathoflow.phantom.painter.liver import paint_liver
from pathoflow.phantom.shapes.cells import HEPATOCYTES, Extent, cells_in
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Box, Point


@pytest.fixture(scope="module")
def coated() -> Plan:
    return plan_slide(PhantomSpec(2, (6000, 6000), 1.5, "train", vessels=3))


def canvas_at(y_um: float, x_um: float, side: int, mpp: float = 0.5) -> Canvas:
    return Canvas(Box(int(y_um / mpp) - side // 2, int(x_um / mpp) - side // 2, side, side), mpp)


def beside(ring: WavyRing, at: int, out_um: float) -> tuple[float, float]:
    theta, reach = at * 2 * np.pi / ANGLES, ring.radius_um[at] + out_um
    return ring.centre_um.y + reach * np.sin(theta), ring.centre_um.x + reach * np.cos(theta)


def test_the_capsule_is_pale_collagen_outside_the_tumour(coated: Plan) -> None:
    tumour, capsule = coated.tissue.tumour, coated.tissue.capsule
    assert tumour is not None
    assert capsule is not None
    at = int(np.argmax(capsule.thickness_um))
    canvas = canvas_at(*beside(tumour, at, capsule.thickness_um[at] / 3), 50)
    paint_liver(coated, canvas)
    paint_tumour_border(coated, canvas, canvas.interpolate(tumour.signed_distance))
    assert np.median(canvas.h) == pytest.approx(0.03, abs=0.02)
    assert np.median(canvas.e) == pytest.approx(0.24, rel=0.25)


def test_nothing_is_painted_where_the_coat_is_missing(coated: Plan) -> None:
    tumour, capsule = coated.tissue.tumour, coated.tissue.capsule
    assert tumour is not None
    assert capsule is not None
    slits = [slit.extent_um for slit in coated.tissue.retractions]
    bare = np.flatnonzero(
        np.array(
            [capsule.thickness_um[(k + np.arange(-20, 21)) % ANGLES].max() for k in range(720)]
        )
        == 0
    )
    tried = 0
    for at in bare[::7].tolist():
        canvas = canvas_at(*beside(tumour, at, 20.0), 60)
        if any(canvas.extent.meets(slit.grow(5)) for slit in slits[:-1]):
            continue
        paint_tumour_border(coated, canvas, canvas.interpolate(tumour.signed_distance))
        assert not canvas.e.any()
        tried += 1
    assert tried


def test_the_coat_ends_at_its_planned_thickness(coated: Plan) -> None:
    tumour, capsule = coated.tissue.tumour, coated.tissue.capsule
    assert tumour is not None
    assert capsule is not None
    at = int(np.argmax(capsule.thickness_um))
    canvas = canvas_at(*beside(tumour, at, capsule.thickness_um[at]), 160)
    paint_tumour_border(coated, canvas, canvas.interpolate(tumour.signed_distance))
    outer = tumour.inset(-capsule.thickness_um).signed_distance(*canvas.places_um)
    assert (canvas.e[outer < -7] > 0.01).mean() > 0.9
    assert canvas.e[outer > 9].max() == 0


def test_a_slit_round_a_nest_is_white_and_follows_it(coated: Plan) -> None:
    slits = [s for s in coated.tissue.retractions if s.inner in coated.tissue.islands]
    assert slits
    for slit in slits[:4]:
        c = slit.inner.centre_um
        canvas = canvas_at(c.y, c.x, int(4 * slit.outer.reach_um) + 40)
        canvas.e[:] = 0.3
        paint_tumour_border(coated, canvas, np.full(canvas.h.shape, 1e4, np.float32))
        inner = slit.inner.signed_distance(*canvas.places_um)
        outer = slit.outer.signed_distance(*canvas.places_um)
        open_ = (inner > 2) & (outer < -2)
        if open_.any():
            assert np.median(canvas.e[open_]) < 0.05
        assert (canvas.e[(outer > 4) | (inner < -4)] == np.float32(0.3)).all()


def test_collagen_is_layered_along_the_level_lines_of_depth(coated: Plan) -> None:
    canvas = canvas_at(3000.0, 3000.0, 400)
    depth = np.broadcast_to(canvas.y_um[:, None] - 2900, canvas.h.shape).astype(np.float32)
    _, e = collagen(coated, canvas, depth)
    across, along = np.abs(np.diff(e, axis=0)).mean(), np.abs(np.diff(e, axis=1)).mean()
    assert across > 2 * along
    assert e.mean() == pytest.approx(0.24, rel=0.1)


def test_fibres_run_along_a_ring() -> None:
    ring = WavyRing(Point(500.0, 500.0), np.full(ANGLES, 200.0))
    cells = along_ring(cells_in(HEPATOCYTES, Extent(300, 300, 700, 700), 1), ring)
    tangent = (np.arctan2(cells.y_um - 500, cells.x_um - 500) + np.pi / 2) % np.pi
    apart = np.abs(cells.angle - tangent)
    assert np.minimum(apart, np.pi - apart).max() < 0.31
