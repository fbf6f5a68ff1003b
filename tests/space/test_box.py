from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathoflow.space import Box, Point, Size

corners = st.integers(-40, 40)
sides = st.integers(0, 30)
boxes = st.builds(Box, corners, corners, sides, sides)
sizes = st.builds(Size, st.integers(1, 20), st.integers(1, 20))


def painted(box: Box) -> np.ndarray:
    """The box on a plane from (-100, -100), as an independent picture of what it covers."""
    plane = np.zeros((250, 250), bool)
    plane[box.top + 100 : box.bottom + 100, box.left + 100 : box.right + 100] = True
    return plane


@given(boxes, boxes)
def test_the_intersection_covers_what_both_cover(a: Box, b: Box) -> None:
    assert np.array_equal(painted(a.intersect(b)), painted(a) & painted(b))


@given(boxes, sizes)
def test_pieces_cover_a_box_once(box: Box, size: Size) -> None:
    times = sum((painted(piece).astype(int) for piece in box.pieces(size)), np.zeros((250, 250)))
    assert np.array_equal(times, painted(box))


@given(boxes, sizes)
def test_pieces_never_cross_the_lattice_of_the_origin(box: Box, size: Size) -> None:
    for piece in box.pieces(size):
        assert piece.top // size.height == (piece.bottom - 1) // size.height
        assert piece.left // size.width == (piece.right - 1) // size.width


@given(boxes, st.integers(0, 9))
def test_growing_adds_the_margin_on_every_side(box: Box, margin: int) -> None:
    grown = box.grow(margin)
    assert (grown.top, grown.bottom) == (box.top - margin, box.bottom + margin)
    assert (grown.left, grown.right) == (box.left - margin, box.right + margin)


def test_shrinking_past_nothing_leaves_an_empty_box() -> None:
    assert Box(0, 0, 4, 4).grow(-3).is_empty


@given(boxes, boxes)
def test_a_box_contains_another_if_intersecting_changes_nothing(a: Box, b: Box) -> None:
    if not b.is_empty:
        assert a.contains(b) == (a.intersect(b) == b)


def test_slices_cut_the_box_out_of_an_array() -> None:
    plane = np.arange(30).reshape(5, 6)
    assert plane[Box(1, 2, 2, 3).slices].tolist() == [[8, 9, 10], [14, 15, 16]]


def test_within_gives_places_relative_to_the_outer_corner() -> None:
    assert Box(12, 25, 3, 4).within(Box(10, 20, 50, 50)) == Box(2, 5, 3, 4)


def test_negative_sides_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        Box(0, 0, -1, 5)
    with pytest.raises(ValueError, match="negative"):
        Size(3, -2)


def test_a_size_knows_its_area_and_box() -> None:
    assert Size(3, 5).area == 15
    assert Size(3, 5).shape == (3, 5)
    assert Size(3, 5).box() == Box(0, 0, 3, 5)


def test_points_are_ordered_by_row_first() -> None:
    assert sorted([Point(2, 0), Point(1, 9)]) == [Point(1, 9), Point(2, 0)]
