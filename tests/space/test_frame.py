from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathoflow.space import Box, Frame, Mpp, Point, Size

scales = st.floats(0.3, 40, allow_nan=False)
frames = st.builds(Frame, scales, scales)
boxes = st.builds(
    Box, st.integers(-500, 500), st.integers(-500, 500), st.integers(1, 300), st.integers(1, 300)
)


def test_a_frame_of_2_um_on_a_quarter_um_slide_has_pixels_of_eight() -> None:
    assert Frame.at(2.0, Mpp(0.25, 0.25)) == Frame(8.0, 8.0)


def test_scales_follow_the_axes_of_the_slide() -> None:
    assert Frame.at(1.0, Mpp(y=0.5, x=0.25)) == Frame(scale_y=2.0, scale_x=4.0)


def test_size_counts_pixels_that_are_partly_covered() -> None:
    assert Frame(4.0, 4.0).size(Size(41, 40)) == Size(11, 10)


def test_size_does_not_add_a_pixel_for_rounding() -> None:
    # 0.3 / 0.1 is 2.9999999999999996, so 30,000 px give 10,000.000000000002.
    assert Frame.at(0.3, Mpp.square(0.1)).size(Size(30_000, 3)) == Size(10_000, 1)


@given(frames, st.floats(-1e5, 1e5), st.floats(-1e5, 1e5))
def test_there_and_back_is_the_same_place(frame: Frame, y: float, x: float) -> None:
    back = frame.from_level0(frame.to_level0(Point(y, x)))
    assert back.y == pytest.approx(y, abs=1e-6)
    assert back.x == pytest.approx(x, abs=1e-6)


@given(frames, boxes)
def test_the_level_0_box_covers_the_frame_box_and_no_further_pixel(frame: Frame, box: Box) -> None:
    outer = frame.box_to_level0(box)
    top, bottom = box.top * frame.scale_y, box.bottom * frame.scale_y
    left, right = box.left * frame.scale_x, box.right * frame.scale_x
    slack = 1e-5
    assert -slack <= top - outer.top < 1 + slack
    assert -slack <= outer.bottom - bottom < 1 + slack
    assert -slack <= left - outer.left < 1 + slack
    assert -slack <= outer.right - right < 1 + slack


@given(frames, boxes)
def test_the_frame_box_of_a_level_0_box_covers_it(frame: Frame, box: Box) -> None:
    assert frame.box_to_level0(frame.box_from_level0(box)).contains(box)


def test_the_frame_knows_its_own_mpp() -> None:
    assert Frame(4.0, 2.0).mpp(Mpp(0.5, 0.5)) == Mpp(2.0, 1.0)
