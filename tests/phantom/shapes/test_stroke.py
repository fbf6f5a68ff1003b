from __future__ import annotations

import numpy as np
import pytest
from shapely import LineString
from shapely import Point as ShapelyPoint

from pathoflow.phantom.shapes.cells import Extent
from pathoflow.phantom.shapes.stroke import Stroke, bent_line, on_lattice


@pytest.fixture(scope="module")
def bent() -> Stroke:
    rng = np.random.default_rng(2)
    line = bent_line(rng, (200.0, 300.0), 0.4, 900.0, 25.0, 0.8)
    return Stroke(line, np.full(len(line), 40.0))


def test_depth_in_a_straight_band_is_the_distance_from_its_line_less_the_half_width() -> None:
    band = Stroke(np.array([[10.0, 0.0], [10.0, 100.0]]), np.array([5.0, 5.0]))
    depth, across, along = band.place(
        np.array([10.0, 13.0, 6.0, 10.0]), np.array([50, 20, 80, 109])
    )
    assert depth.tolist() == [-5, -2, -1, 4]
    assert np.abs(across).tolist() == [0, 3, 4, 0]
    assert across[1] * across[2] < 0
    assert along.tolist() == [50, 20, 80, 100]
    assert band.length_um == 100


def test_distances_are_those_that_shapely_measures(bent: Stroke) -> None:
    rng = np.random.default_rng(0)
    e = bent.extent_um
    y, x = rng.uniform(e.top, e.bottom, 300), rng.uniform(e.left, e.right, 300)
    line = LineString(bent.points_um[:, ::-1])
    expected = [line.distance(ShapelyPoint(a, b)) - 40.0 for b, a in zip(y, x, strict=True)]
    assert bent.signed_distance(y, x) == pytest.approx(np.array(expected), abs=1e-3)


def test_the_polygon_holds_what_lies_inside(bent: Stroke) -> None:
    rng = np.random.default_rng(1)
    taper = Stroke(bent.points_um, np.linspace(5.0, 60.0, len(bent.points_um)))
    for stroke in (bent, taper):
        e, polygon = stroke.extent_um, stroke.polygon_um()
        y, x = rng.uniform(e.top, e.bottom, 400), rng.uniform(e.left, e.right, 400)
        for b, a, depth in zip(y, x, stroke.signed_distance(y, x), strict=True):
            if abs(depth) > 0.6:
                assert polygon.contains(ShapelyPoint(a, b)) == (depth < 0)


def test_a_closed_stroke_has_a_hole() -> None:
    turn = np.linspace(0, 2 * np.pi, 60)
    ring = Stroke(np.stack([300 * np.sin(turn), 300 * np.cos(turn)], axis=1), np.full(60, 20.0))
    polygon = ring.polygon_um()
    assert len(polygon.interiors) == 1
    assert polygon.area == pytest.approx(2 * np.pi * 300 * 40, rel=0.02)


def test_links_far_away_change_nothing_within_the_band(bent: Stroke) -> None:
    y0, x0 = bent.points_um[len(bent.points_um) // 2]
    window = Extent(y0 - 60, x0 - 60, y0 + 60, x0 + 60)
    y, x = np.arange(-60.0, 60, 7)[:, None] + y0, np.arange(-60.0, 60, 7)[None, :] + x0
    near = bent.near(window)
    assert 0 < len(near) < len(bent.points_um) - 1
    whole, part = bent.place(y, x), bent.place(y, x, near)
    inside = whole[0] < 0
    assert inside.any()
    assert np.array_equal(inside, part[0] < 0)
    for every, some in zip(whole, part, strict=True):
        assert np.array_equal(every[inside], some[inside])


def test_a_bent_line_keeps_its_length_and_its_lattice(bent: Stroke) -> None:
    assert bent.length_um == pytest.approx(900, rel=1e-3)
    assert np.array_equal(on_lattice(bent.points_um), bent.points_um)
    assert np.array_equal(bent.points_um * 1024, np.round(bent.points_um * 1024))
