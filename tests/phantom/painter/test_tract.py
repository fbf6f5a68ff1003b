from __future__ import annotations

import numpy as np

from pathoflow.phantom import Plan
from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.liver import paint_liver
from pathoflow.phantom.painter.tract import nearby, paint_tract
from pathoflow.phantom.plan.vessel import PortalTract
from pathoflow.space import Box


def canvas_round(tract: PortalTract) -> Canvas:
    extent = tract.extent_um.grow(5)
    sides = [int(v / 0.5) for v in (extent.top, extent.left, extent.bottom, extent.right)]
    return Canvas(Box.spanning(*sides), 0.5)


def test_a_tract_is_pale_with_dark_ducts(plan: Plan) -> None:
    for tract in plan.tracts:
        canvas = canvas_round(tract)
        paint_tract(plan, canvas, tract)
        y, x = canvas.places_um
        stroma = tract.stroma.signed_distance(y, x) < -8
        assert 0.1 < np.median(canvas.e[stroma]) < 0.3
        for duct in tract.ducts:
            epithelium = (duct.outer.signed_distance(y, x) < 0) & (
                duct.lumen.signed_distance(y, x) > 0
            )
            assert canvas.h[epithelium].mean() > 2 * np.median(canvas.h[stroma])


def test_the_edge_of_a_tract_is_ragged(plan: Plan) -> None:
    """Liver cells and collagen interlock: the border of the paint strays from the outline."""
    tract = max(plan.tracts, key=lambda tract: tract.stroma.reach_um)
    canvas = canvas_round(tract)
    paint_tract(plan, canvas, tract)
    depth = tract.stroma.signed_distance(*canvas.places_um)
    painted = canvas.e > 0.05
    assert 0.02 < painted[(depth > 0.7) & (depth < 3)].mean() < 0.9
    assert 0.02 < (~painted)[(depth < -0.7) & (depth > -3)].mean() < 0.9


def test_a_tract_covers_the_liver_under_it(plan: Plan) -> None:
    tract = plan.tracts[0]
    canvas = canvas_round(tract)
    paint_liver(plan, canvas)
    before = canvas.e.copy()
    paint_tract(plan, canvas, tract)
    depth = tract.stroma.signed_distance(*canvas.places_um)
    assert np.array_equal(before[depth > 40], canvas.e[depth > 40])
    assert (before[depth < -10] != canvas.e[depth < -10]).mean() > 0.99


def test_nearby_cells_are_those_that_can_touch_the_canvas(plan: Plan) -> None:
    cells = max((tract.lymphocytes for tract in plan.tracts), key=len)
    canvas = Canvas(Box(int(cells.y_um[0]), int(cells.x_um[0]), 40, 40), 1.0)
    found = nearby(cells, canvas)
    assert 0 < len(found) <= len(cells)
    assert np.abs(found.y_um - cells.y_um[0] - 20).max() < 20 + 15
    assert np.abs(found.x_um - cells.x_um[0] - 20).max() < 20 + 15
