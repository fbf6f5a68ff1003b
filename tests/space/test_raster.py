from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon

from pathoflow.space import Box, Frame, Size
from pathoflow.space.raster import box_around, paint_outlines, polygons_in

UNIT = Frame(1.0, 1.0)
CANVAS = Box(0, 0, 60, 80)


def star(seed: int, y: float, x: float, radius: float, corners: int = 9) -> Polygon:
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * math.pi, corners))
    radii = radius * rng.uniform(0.3, 1, corners)
    return Polygon(np.stack([x + radii * np.cos(angles), y + radii * np.sin(angles)], 1))


stars = st.builds(
    star, st.integers(0, 10**6), st.floats(-10, 70), st.floats(-10, 90), st.floats(2, 60)
)
frames = st.builds(Frame, st.floats(0.5, 4), st.floats(0.5, 4))


def by_shapely(shape: shapely.Geometry, box: Box, frame: Frame) -> tuple[np.ndarray, np.ndarray]:
    """Which pixel centres shapely puts inside, and which lie so close to the outline that either answer is right."""
    rows, columns = np.mgrid[box.top : box.bottom, box.left : box.right] + 0.5
    centres = shapely.points(columns * frame.scale_x, rows * frame.scale_y)
    return shapely.contains(shape, centres), shapely.distance(shape.boundary, centres) < 1e-6


@settings(max_examples=40)
@given(stars, frames)
def test_a_pixel_is_in_when_shapely_says_so_of_its_centre(shape: Polygon, frame: Frame) -> None:
    found = paint_outlines([shape], CANVAS, frame)
    expected, undecided = by_shapely(shape, CANVAS, frame)
    assert np.array_equal(found | undecided, expected | undecided)


@settings(max_examples=20)
@given(stars, frames, st.integers(0, 10**6))
def test_holes_stay_empty(shape: Polygon, frame: Frame, seed: int) -> None:
    inner = star(seed, shape.centroid.y, shape.centroid.x, 12).intersection(shape)
    holed = shape.difference(inner)
    found = paint_outlines([holed], CANVAS, frame)
    expected, undecided = by_shapely(holed, CANVAS, frame)
    assert np.array_equal(found | undecided, expected | undecided)


@settings(max_examples=20)
@given(stars, frames, st.integers(3, 40))
def test_blocks_together_are_the_whole(shape: Polygon, frame: Frame, side: int) -> None:
    whole = paint_outlines([shape], CANVAS, frame)
    for piece in CANVAS.pieces(Size(side, side)):
        assert np.array_equal(paint_outlines([shape], piece, frame), whole[piece.slices])


def test_the_area_is_that_of_the_shape() -> None:
    disc = Point(500.3, 400.7).buffer(250.2, 64)
    found = paint_outlines([disc], Box(0, 0, 400, 500), Frame(2.0, 2.0))
    assert found.sum() * 4 == pytest.approx(disc.area, rel=0.002)


def test_shapes_that_overlap_are_in_and_not_out() -> None:
    one, other = shapely.box(10, 10, 30, 30), shapely.box(20, 20, 40, 40)
    assert paint_outlines([one, other], CANVAS, UNIT).sum() == 400 + 400 - 100


def test_whole_pixels_are_painted_exactly() -> None:
    # x from 3 to 7, y from 2 to 5.
    found = paint_outlines([shapely.box(3, 2, 7, 5)], CANVAS, UNIT)
    assert np.argwhere(found).min(0).tolist() == [2, 3]
    assert np.argwhere(found).max(0).tolist() == [4, 6]
    assert found.sum() == 12


def test_neighbours_that_share_an_edge_share_no_pixel_and_leave_none_out() -> None:
    # The common edge runs through pixel centres.
    one, other = shapely.box(5, 5, 20.5, 30), shapely.box(20.5, 5, 40, 30)
    left, right = (paint_outlines([s], CANVAS, UNIT) for s in (one, other))
    assert not (left & right).any()
    assert (left | right).sum() == 35 * 25


def test_what_lies_outside_the_box_is_cut() -> None:
    large = shapely.box(-1000, -1000, 1000, 1000)
    assert paint_outlines([large], CANVAS, UNIT).all()
    assert not paint_outlines([shapely.box(200, 200, 300, 300)], CANVAS, UNIT).any()
    assert paint_outlines([shapely.box(-5, -5, 5, 5)], CANVAS, UNIT).sum() == 25
    beside = Box(-10, -20, 15, 25)
    assert paint_outlines([shapely.box(-5, -5, 5, 5)], beside, UNIT).sum() == 100


def test_the_way_round_does_not_matter() -> None:
    ring = [(10, 10), (40, 10), (40, 30), (10, 30)]
    assert np.array_equal(
        paint_outlines([Polygon(ring)], CANVAS, UNIT),
        paint_outlines([Polygon(ring[::-1])], CANVAS, UNIT),
    )


def test_polygons_are_found_in_any_geometry() -> None:
    one, other = shapely.box(0, 0, 1, 1), shapely.box(2, 2, 3, 3)
    mixed = GeometryCollection(
        [LineString([(0, 0), (1, 1)]), MultiPolygon([one, other]), Point(1, 1)]
    )
    assert list(polygons_in(mixed)) == [one, other]
    assert list(polygons_in(Polygon())) == []
    assert list(polygons_in(LineString([(0, 0), (1, 1)]))) == []
    assert not paint_outlines([Polygon(), LineString([(0, 0), (9, 9)])], CANVAS, UNIT).any()


@given(stars, frames)
def test_the_box_around_a_shape_holds_every_pixel_of_it(shape: Polygon, frame: Frame) -> None:
    box = box_around(shape, frame)
    left, top, right, bottom = shape.bounds
    assert box.top * frame.scale_y <= top + 1e-5
    assert box.left * frame.scale_x <= left + 1e-5
    assert box.bottom * frame.scale_y >= bottom - 1e-5
    assert box.right * frame.scale_x >= right - 1e-5
    wide = box.grow(3)
    assert paint_outlines([shape], wide, frame).sum() == paint_outlines([shape], box, frame).sum()


def test_a_large_outline_is_painted_in_a_blink() -> None:
    import time

    shape = Point(4000, 4000).buffer(3900, 1000)
    assert len(shape.exterior.coords) > 4000
    begun = time.process_time()
    found = paint_outlines([shape], Box(0, 0, 2000, 2000), Frame(4.0, 4.0))
    # A test of every pixel against every edge would take minutes.
    assert time.process_time() - begun < 2
    assert found.sum() * 16 == pytest.approx(shape.area, rel=0.001)
