from __future__ import annotations

import numpy as np
from shapely import Point as Place
from shapely import Polygon

from pathoflow.phantom.plan.rings import Rings
from pathoflow.phantom.shapes.cells import Extent
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing, waves, wavy_ellipse
from pathoflow.space import Point, to_xy


def circle(y: float, x: float, radius: float) -> WavyRing:
    return WavyRing(Point(y, x), np.full(ANGLES, radius))


def wavy(seed: int) -> WavyRing:
    rng = np.random.default_rng(seed)
    centre = Point(*rng.uniform(0, 1000, 2))
    return wavy_ellipse(rng, centre, (60.0, 40.0), rng.uniform(0, np.pi), waves(rng, 0.05, 6))


def test_the_distance_to_circles_is_that_to_the_nearest_one() -> None:
    rings = Rings((circle(0, 0, 10), circle(0, 100, 30)))
    y, x = np.array([0.0, 0.0, 0.0, 40.0]), np.array([0.0, 40.0, 60.0, 100.0])
    assert np.allclose(rings.distance(y, x), [-10, 30, 10, 10], atol=1e-4)


def test_places_inside_any_outline_are_negative_and_no_others() -> None:
    rings = Rings(tuple(wavy(seed) for seed in range(12)))
    polygons = [Polygon(to_xy(ring.polygon_um())) for ring in rings.rings]
    rng = np.random.default_rng(1)
    y, x = rng.uniform(0, 1000, (2, 800))
    found = rings.distance(y, x)
    for k in np.flatnonzero(np.abs(found) > 0.5):
        assert (found[k] < 0) == any(p.contains(Place(x[k], y[k])) for p in polygons)


def test_only_outlines_near_a_rectangle_meet_it() -> None:
    near, far = circle(50, 50, 10), circle(500, 50, 10)
    rings = Rings((near, far))
    assert rings.meeting(Extent(55, 0, 100, 100)) == [near]
    assert rings.meeting(Extent(61, 0, 100, 100)) == []


def test_outlines_are_clear_of_discs_by_the_gap() -> None:
    rings = Rings((circle(0, 0, 10), circle(0, 100, 10)))
    disc = np.array([[0.0, 50.0, 20.0]])
    assert rings.clear_of(disc, 19.9).tolist() == [True, True]
    assert rings.clear_of(disc, 20.1).tolist() == [False, False]
    assert rings.clear_of(np.zeros((0, 3)), 5.0).tolist() == [True, True]


def test_no_outline_is_infinitely_far_away() -> None:
    assert np.isinf(Rings(()).distance(np.zeros((2, 1)), np.zeros((1, 3)))).all()
