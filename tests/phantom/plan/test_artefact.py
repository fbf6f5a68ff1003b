from __future__ import annotations

import numpy as np
import pytest
from shapely import Point as ShapelyPoint

from pathoflow.phantom.plan.artefact import PEN_OD, Artefact, Bubble, Dropout, PenLine
from pathoflow.phantom.shapes.cells import Extent
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.phantom.shapes.square import Square
from pathoflow.phantom.shapes.stroke import Stroke
from pathoflow.space import Point

RING = WavyRing(Point(500.0, 700.0), np.full(ANGLES, 100.0))
LINE = Stroke(np.array([[0.0, 0.0], [1000.0, 1000.0]]), np.full(2, 50.0))


@pytest.mark.parametrize("shape", [RING, LINE, Square(100.0, 200.0, 300.0)])
def test_distance_and_polygon_tell_the_same_inside(shape: WavyRing | Stroke | Square) -> None:
    artefact = Artefact("dust", shape)
    rng = np.random.default_rng(0)
    e, polygon = artefact.extent_um.grow(20), artefact.polygon_um()
    y, x = rng.uniform(e.top, e.bottom, 300), rng.uniform(e.left, e.right, 300)
    depth = artefact.signed_distance(y, x)
    assert 0 < (depth < 0).sum() < 300
    for b, a, d in zip(y, x, depth, strict=True):
        if abs(d) > 0.5:
            assert polygon.contains(ShapelyPoint(a, b)) == (d < 0)


def test_kinds_and_colours_name_themselves() -> None:
    pen = PenLine(shape=LINE, colour="green", strength=1.0, seed=1)
    bubble = Bubble(shape=RING, ring_um=10, strength=1.0, bleach=0.2, defocus_um=1.0)
    lost = Dropout(shape=Square(0, 0, 10), is_black=True)
    assert [a.kind for a in (pen, bubble, lost)] == ["pen", "bubble", "dropout"]
    assert [a.colour for a in (pen, bubble, lost)] == ["green", None, None]


def test_a_slanted_stroke_does_not_touch_the_corners_of_its_box() -> None:
    line = np.linspace([0.0, 0.0], [1000.0, 1000.0], 21)
    pen = PenLine(shape=Stroke(line, np.full(21, 50.0)), colour="red", strength=1.0, seed=1)
    assert pen.touches(Extent(480, 480, 520, 520))
    assert not pen.touches(Extent(0, 900, 100, 1000))
    assert pen.extent_um.top == -50 - pen.fringe_um


@pytest.mark.parametrize("colour", sorted(PEN_OD))
def test_inks_point_where_the_table_of_pens_says(colour: str) -> None:
    stated = {
        "blue": (0.77, 0.60, 0.20),
        "green": (0.82, 0.29, 0.50),
        "red": (0.10, 0.75, 0.65),
        "black": (0.59, 0.59, 0.55),
    }
    assert PEN_OD[colour] == stated[colour]  # type: ignore[index]
    assert np.linalg.norm(PEN_OD[colour]) == pytest.approx(1.0, abs=0.02)  # type: ignore[index]
