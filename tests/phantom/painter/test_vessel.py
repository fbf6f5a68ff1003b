from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pathoflow.phantom import Plan
from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.liver import paint_liver
from pathoflow.phantom.painter.vessel import paint_vessel
from pathoflow.phantom.plan.vessel import Contents, Vessel
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Box, Point


def canvas_round(vessel: Vessel) -> Canvas:
    extent = vessel.extent_um.grow(20)
    sides = [int(v / 0.5) for v in (extent.top, extent.left, extent.bottom, extent.right)]
    return Canvas(Box.spanning(*sides), 0.5)


def round_vessel(outer_um: float, lumen_um: float, has_muscle: bool = False) -> Vessel:
    centre = Point(500.0, 500.0)
    rings = [WavyRing(centre, np.full(ANGLES, radius)) for radius in (outer_um, lumen_um)]
    return Vessel(3, "hepatic", *rings, Contents("empty"), "central", has_muscle)


def test_an_empty_lumen_is_white_and_its_wall_pink(plan: Plan) -> None:
    found = max(plan.vessels, key=lambda vessel: vessel.lumen.area_um2)
    vessel = replace(found, contents=Contents("empty"))
    canvas = canvas_round(vessel)
    paint_liver(plan, canvas)
    paint_vessel(plan, canvas, vessel)
    to_wall = vessel.outer.signed_distance(*canvas.places_um)
    to_lumen = vessel.lumen.signed_distance(*canvas.places_um)
    assert canvas.e[to_lumen < -8].max() < 0.05
    assert np.median(canvas.e[(to_wall < -0.5) & (to_lumen > 0.5)]) > 0.15


def test_nothing_is_painted_outside_the_wall(plan: Plan) -> None:
    for found in plan.vessels:
        vessel = replace(found, contents=Contents("empty"))
        canvas = canvas_round(vessel)
        paint_vessel(plan, canvas, vessel)
        outside = vessel.outer.signed_distance(*canvas.places_um) > 6
        assert canvas.e[outside].max(initial=0) < 1e-6


def test_a_wall_is_the_same_whatever_part_of_it_the_canvas_holds(plan: Plan) -> None:
    vessel = max(plan.vessels, key=lambda vessel: vessel.outer.reach_um)
    whole = canvas_round(vessel)
    paint_vessel(plan, whole, vessel)
    for part in (Box(0, 0, 90, 70), Box(60, 40, 120, 150)):
        box = part.shift(whole.box.top, whole.box.left)
        piece = Canvas(box, 0.5)
        paint_vessel(plan, piece, vessel)
        rows, cols = box.intersect(whole.box).within(whole.box).slices
        assert np.array_equal(
            whole.h[rows, cols],
            piece.h[: whole.h[rows, cols].shape[0], : whole.h[rows, cols].shape[1]],
        )
        assert np.array_equal(
            whole.e[rows, cols],
            piece.e[: whole.e[rows, cols].shape[0], : whole.e[rows, cols].shape[1]],
        )


def test_endothelial_nuclei_stand_ten_to_thirty_micrometres_apart(plan: Plan) -> None:
    from pathoflow.phantom.painter.vessel import _endothelium

    cells = _endothelium(plan, round_vessel(103.0, 100.0))
    turn = np.sort(np.arctan2(cells.y_um - 500, cells.x_um - 500))
    gaps = 100.0 * np.diff(np.append(turn, turn[0] + 2 * np.pi))
    assert len(cells) == pytest.approx(2 * np.pi * 100 / 20, abs=2)
    assert gaps.min() > 9
    assert gaps.max() < 31


def test_muscle_makes_a_wall_darker_and_less_even_than_collagen(plan: Plan) -> None:
    plain, strong = round_vessel(140.0, 100.0), round_vessel(140.0, 100.0, has_muscle=True)
    found = []
    for vessel in (plain, strong):
        canvas = canvas_round(vessel)
        paint_vessel(plan, canvas, vessel)
        y, x = canvas.places_um
        depth = np.hypot(y - 500, x - 500)
        wall = canvas.e[(depth > 103) & (depth < 137) & (canvas.h < 0.15)]
        found.append((float(wall.mean()), float(wall.std())))
    assert found[1][1] > found[0][1]
    strength = plan.look.wall_eosin / 0.335
    assert 0.24 * strength < found[1][0] < 0.36 * strength


def test_a_split_wall_shows_a_white_slit(plan: Plan) -> None:
    vessel = round_vessel(140.0, 100.0, has_muscle=True)
    canvas = canvas_round(vessel)
    split = replace(plan, look=replace(plan.look, wall_split=1.0))
    whole = replace(plan, look=replace(plan.look, wall_split=0.0))
    white = []
    for each in (split, whole):
        canvas = canvas_round(vessel)
        paint_vessel(each, canvas, vessel)
        y, x = canvas.places_um
        depth = np.hypot(y - 500, x - 500)
        white.append(int((canvas.e[(depth > 102) & (depth < 138)] < 0.06).sum()))
    assert white[0] > 50 > white[1]
