from __future__ import annotations

import numpy as np

from pathoflow.phantom import Plan
from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.liver import paint_liver
from pathoflow.phantom.painter.vessel import paint_tract, paint_vessel
from pathoflow.phantom.plan.vessel import Contents, Vessel
from pathoflow.space import Box


def canvas_round(vessel: Vessel) -> Canvas:
    extent = vessel.extent_um.grow(20)
    sides = [int(v / 0.5) for v in (extent.top, extent.left, extent.bottom, extent.right)]
    return Canvas(Box.spanning(*sides), 0.5)


def test_an_empty_lumen_is_white_and_its_wall_pink(plan: Plan) -> None:
    found = max(plan.vessels, key=lambda vessel: vessel.lumen.area_um2)
    vessel = Vessel(found.index, found.kind, found.outer, found.lumen, Contents("empty"))
    canvas = canvas_round(vessel)
    paint_liver(plan, canvas)
    paint_vessel(plan, canvas, vessel)
    to_wall = vessel.outer.signed_distance(*canvas.places_um)
    to_lumen = vessel.lumen.signed_distance(*canvas.places_um)
    assert canvas.e[to_lumen < -8].max() < 0.05
    assert np.median(canvas.e[(to_wall < -0.5) & (to_lumen > 0.5)]) > 0.15


def test_nothing_is_painted_outside_the_wall(plan: Plan) -> None:
    for vessel in plan.vessels:
        canvas = canvas_round(vessel)
        paint_vessel(plan, canvas, vessel)
        outside = vessel.outer.signed_distance(*canvas.places_um) > 6
        assert canvas.e[outside].max(initial=0) < 1e-6


def test_a_tract_is_pale_with_a_dark_duct(plan: Plan) -> None:
    tract = plan.tracts[0]
    extent = tract.extent_um.grow(5)
    sides = [int(v / 0.5) for v in (extent.top, extent.left, extent.bottom, extent.right)]
    canvas = Canvas(Box.spanning(*sides), 0.5)
    paint_tract(plan, canvas, tract)
    y, x = canvas.places_um
    epithelium = (tract.duct.outer.signed_distance(y, x) < 0) & (
        tract.duct.lumen.signed_distance(y, x) > 0
    )
    stroma = tract.stroma.signed_distance(y, x) < -5
    assert canvas.h[epithelium].mean() > 2 * np.median(canvas.h[stroma])
    assert 0.1 < np.median(canvas.e[stroma]) < 0.35
