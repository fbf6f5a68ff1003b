from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Polygon, contains_xy
from shapely.geometry import GeometryCollection
from shapely.geometry import box as rectangle

from pathoflow.phantom.truth.raster import Stencil, draw_shape, polygons_in
from pathoflow.space import Box, Frame, Size

STAR = Polygon(
    [
        (30 + r * np.cos(t), 25 + r * np.sin(t))
        for t, r in zip(np.linspace(0, 2 * np.pi, 14, endpoint=False), [22.3, 9.1] * 7, strict=True)
    ],
    [[(28.2, 23.1), (33.3, 24.4), (30.1, 28.7)]],
)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(-10, 40),
    st.integers(-10, 40),
    st.integers(1, 60),
    st.integers(1, 60),
    st.sampled_from([0.5, 1.0, 3.7]),
)
def test_a_pixel_is_set_exactly_when_shapely_finds_its_centre_inside(
    top: int, left: int, height: int, width: int, scale: float
) -> None:
    box, frame = Box(top, left, height, width), Frame(scale, scale)
    canvas = np.zeros(box.size.shape, np.uint32)
    draw_shape(canvas, STAR, 9, box, frame)
    y = (np.arange(box.top, box.bottom) + 0.5)[:, None] * scale
    x = (np.arange(box.left, box.right) + 0.5)[None, :] * scale
    expected = contains_xy(STAR, *np.broadcast_arrays(x, y))
    assert np.array_equal(canvas == 9, expected)


def test_rectangles_on_pixel_borders_have_their_exact_area() -> None:
    canvas = np.zeros((20, 30), np.uint32)
    draw_shape(canvas, rectangle(4, 6, 14, 9), 1, Box(0, 0, 20, 30), Frame(1, 1))
    assert canvas.sum() == 30
    assert canvas[6:9, 4:14].all()


def test_only_the_areas_of_a_mixed_geometry_count() -> None:
    shapes = GeometryCollection(
        [LineString([(0, 0), (9, 9)]), MultiPolygon([rectangle(0, 0, 1, 1)]), STAR]
    )
    assert len(polygons_in(shapes)) == 2
    assert polygons_in(Polygon()) == []


def test_a_stencil_draws_what_touches_the_box_and_later_outlines_cover_earlier_ones() -> None:
    squares = [(rectangle(k, k, k + 10, k + 10), k + 1) for k in range(0, 40, 5)]
    stencil, frame = Stencil(squares), Frame(1, 1)
    whole = np.zeros((60, 60), np.uint32)
    for shape, value in squares:
        draw_shape(whole, shape, value, Box(0, 0, 60, 60), frame)
    assert whole[9, 9] == 6
    for box in Box(0, 0, 60, 60).pieces(Size(17, 23)):
        assert np.array_equal(stencil.draw(box, frame), whole[box.slices])
    assert not Stencil([]).draw(Box(0, 0, 4, 4), frame).any()
