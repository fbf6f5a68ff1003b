"""The conventions of the whole project, stated once and pinned.

(y, x) everywhere; boxes are top, left, height, width; stored places are level-0 pixels; only `to_xy` turns around.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import shapely

from pathoflow.space import Box, Frame, Mpp, Point, Size, to_xy


def names(kind: type) -> list[str]:
    return [field.name for field in dataclasses.fields(kind)]


def test_y_comes_before_x() -> None:
    assert names(Point) == ["y", "x"]
    assert names(Mpp) == ["y", "x"]
    assert names(Size) == ["height", "width"]
    assert names(Frame) == ["scale_y", "scale_x"]


def test_a_box_is_top_left_height_width() -> None:
    assert names(Box) == ["top", "left", "height", "width"]


def test_a_size_is_the_shape_of_an_array() -> None:
    assert np.zeros(Size(height=2, width=7).shape).shape == (2, 7)


def test_boxes_are_half_open() -> None:
    box = Box(top=10, left=20, height=3, width=4)
    assert (box.bottom, box.right) == (13, 24)
    assert Box(13, 20, 1, 4).intersect(box).is_empty


def test_the_centre_of_the_first_pixel_is_half_a_pixel_from_the_origin() -> None:
    # Pixel (0, 0) of a frame covers level-0 squares 0 to 4, so its middle lies at 2, not at 0.
    assert Frame(4, 4).to_level0(Point(0.5, 0.5)) == Point(2, 2)


def test_all_frames_share_the_origin_of_level_0() -> None:
    for scale in (0.5, 1.0, 3.7):
        assert Frame(scale, scale).to_level0(Point(0, 0)) == Point(0, 0)


def test_outlines_turn_to_xy_for_shapely() -> None:
    # A vessel 10 px high and 40 px wide, at row 100, column 5.
    outline = np.array([[100.0, 5], [100, 45], [110, 45], [110, 5]])
    left, top, right, bottom = shapely.Polygon(to_xy(outline)).bounds
    assert (left, top, right, bottom) == (5, 100, 45, 110)


def test_words_for_places_cannot_be_changed_by_accident() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Box(0, 0, 1, 1).top = 5  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        Mpp(0.25, 0.25).y = 0.5  # type: ignore[misc]
