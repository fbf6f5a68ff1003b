from __future__ import annotations

import numpy as np

from pathoflow.phantom import Plan
from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.liver import paint_liver
from pathoflow.phantom.painter.tumour import along_ring, paint_tumour_border, paint_tumour_mass
from pathoflow.phantom.shapes.cells import HEPATOCYTES, cells_in
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Box, Point


def canvas_at(y_um: float, x_um: float, side: int = 300) -> Canvas:
    return Canvas(Box(int(y_um / 0.5) - side // 2, int(x_um / 0.5) - side // 2, side, side), 0.5)


def test_tumour_holds_more_haematoxylin_than_liver(plan: Plan) -> None:
    tumour = plan.tissue.tumour
    assert tumour is not None
    inside = canvas_at(tumour.centre_um.y, tumour.centre_um.x)
    paint_tumour_mass(plan, inside, inside.interpolate(tumour.signed_distance))
    liver = Canvas(inside.box, 0.5)
    paint_liver(plan, liver)
    assert inside.h.mean() > 1.3 * liver.h.mean()


def test_the_capsule_is_pale_collagen_outside_the_tumour(plan: Plan) -> None:
    tumour, capsule = plan.tissue.tumour, plan.tissue.capsule
    assert tumour is not None
    assert capsule is not None
    at = int(np.argmax(capsule.thickness_um))
    reach = tumour.radius_um[at] + capsule.thickness_um[at] / 2
    theta = at * 2 * np.pi / ANGLES
    canvas = canvas_at(
        tumour.centre_um.y + reach * np.sin(theta), tumour.centre_um.x + reach * np.cos(theta), 20
    )
    paint_liver(plan, canvas)
    paint_tumour_border(plan, canvas, canvas.interpolate(tumour.signed_distance))
    assert np.median(canvas.h) < 0.08
    assert 0.12 < np.median(canvas.e) < 0.35


def test_fibres_run_along_a_ring() -> None:
    ring = WavyRing(Point(500.0, 500.0), np.full(ANGLES, 200.0))
    from pathoflow.phantom.shapes.cells import Extent

    cells = along_ring(cells_in(HEPATOCYTES, Extent(300, 300, 700, 700), 1), ring)
    tangent = (np.arctan2(cells.y_um - 500, cells.x_um - 500) + np.pi / 2) % np.pi
    apart = np.abs(cells.angle - tangent)
    assert np.minimum(apart, np.pi - apart).max() < 0.36
