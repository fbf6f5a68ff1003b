from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathoflow.report import Field, Picture
from pathoflow.space import Box, Frame, Mpp


def test_a_field_is_the_boxs_share_of_level_0() -> None:
    # 2 µm/px on a slide of 0.25 (y) and 0.5 (x): 8 and 4 level-0 pixels per pixel.
    frame = Frame.at(2.0, Mpp(0.25, 0.5))
    assert Field.of_box(Box(10, -5, 100, 50), frame) == Field(80, -20, 800, 200)


def test_corners_of_the_field_are_corners_of_the_picture() -> None:
    picture = Picture(np.zeros((40, 30, 3), np.uint8), Field(100, 200, 80, 120), 1.0)
    corners = np.array([(200, 100), (320, 100), (320, 180), (200, 180)], float)
    assert picture.project(corners).tolist() == [[0, 0], [30, 0], [30, 40], [0, 40]]
    assert picture.width_um == 30.0


@given(
    st.floats(-1e5, 1e5),
    st.floats(-1e5, 1e5),
    st.floats(0.2, 40),
    st.integers(-500, 500),
    st.integers(-500, 500),
)
def test_projection_agrees_with_the_frame(
    y: float, x: float, mpp: float, top: int, left: int
) -> None:
    frame, box = Frame.at(mpp, Mpp(0.25, 0.26)), Box(top, left, 20, 30)
    picture = Picture(np.zeros((20, 30, 3), np.uint8), Field.of_box(box, frame), mpp)
    projected = picture.project(np.array([[x, y]]))[0]
    assert projected == pytest.approx([x * 0.26 / mpp - left, y * 0.25 / mpp - top], abs=1e-5)


def test_an_empty_field_is_refused() -> None:
    with pytest.raises(ValueError, match="positive height and width"):
        Field(0, 0, 0, 10)


@pytest.mark.parametrize("pixels", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32)])
def test_a_picture_is_rgb_of_bytes(pixels: np.ndarray[Any, Any]) -> None:
    with pytest.raises(ValueError, match="uint8 RGB"):
        Picture(pixels, Field(0, 0, 1, 1), 1.0)
