from __future__ import annotations

import numpy as np
import pytest
from shapely import Point as ShapelyPoint
from shapely import Polygon

from pathoflow.phantom.shapes.outline import ANGLES, WavyRing, turn_of, waves, wavy_ellipse
from pathoflow.space import Point, to_xy


def circle(radius: float) -> WavyRing:
    return WavyRing(Point(30.0, -20.0), np.full(ANGLES, radius))


def test_distance_to_a_circle_is_the_distance_to_its_centre_less_the_radius() -> None:
    y, x = np.array([30.0, 30.0, 130.0, 90.0]), np.array([-20.0, 80.0, -20.0, 60.0])
    expected = np.hypot(y - 30.0, x + 20.0) - 50.0
    assert circle(50.0).signed_distance(y, x) == pytest.approx(expected, abs=1e-3)


def test_the_area_is_that_of_the_polygon() -> None:
    rng = np.random.default_rng(3)
    ring = wavy_ellipse(rng, Point(0, 0), (80.0, 40.0), 0.4, waves(rng, 0.06, 8))
    polygon = Polygon(to_xy(ring.polygon_um()))
    assert polygon.is_valid
    assert ring.area_um2 == pytest.approx(polygon.area, rel=1e-9)


def test_distances_near_a_wavy_outline_are_those_that_shapely_measures() -> None:
    rng = np.random.default_rng(4)
    ring = wavy_ellipse(rng, Point(5, 9), (120.0, 70.0), 1.0, waves(rng, 0.04, 5))
    polygon = Polygon(to_xy(ring.polygon_um()))
    away = np.concatenate([ring.scaled(0.98).polygon_um(), ring.scaled(1.02).polygon_um()])[::37]
    found = ring.signed_distance(away[:, 0], away[:, 1])
    for (y, x), distance in zip(away, found, strict=True):
        point = ShapelyPoint(x, y)
        expected = polygon.exterior.distance(point) * (-1 if polygon.contains(point) else 1)
        assert distance == pytest.approx(expected, abs=0.25)


def test_an_inset_lies_inside_by_its_thickness() -> None:
    inner = circle(50.0).inset(8.0)
    assert inner.radius_um == pytest.approx(np.full(ANGLES, 42.0))
    assert circle(50.0).inset(49.0).radius_um == pytest.approx(np.full(ANGLES, 50.0 / 3))


def test_the_distance_is_continuous_where_the_angle_wraps() -> None:
    ring = wavy_ellipse(np.random.default_rng(1), Point(0, 0), (60.0, 50.0), 0.3, np.zeros(ANGLES))
    above = ring.signed_distance(np.array([1e-4]), np.array([58.0]))
    below = ring.signed_distance(np.array([-1e-4]), np.array([58.0]))
    assert above == pytest.approx(below, abs=1e-2)


def test_turns_are_those_of_the_arctangent() -> None:
    rng = np.random.default_rng(0)
    dy, dx = rng.normal(0, 50, (2, 20_000)).astype(np.float32)
    expected = np.arctan2(dy.astype(float), dx.astype(float)) / (2 * np.pi) % 1
    apart = np.abs(turn_of(dy, dx) - expected)
    assert np.minimum(apart, 1 - apart).max() < 1.5e-7
    axes = turn_of(np.float32([0, 0, 3, 0, -3]), np.float32([0, 2, 0, -2, 0]))
    assert axes.tolist() == [0, 0, 0.25, 0.5, 0.75]
    near = turn_of(np.float32([-1e-12]), np.float32([1]))
    assert 0 <= near[0] < 1
