"""Lengths in µm."""

from __future__ import annotations

import numpy as np
import pytest

from napari_pathoflow.ruler import as_line, between_um, length_um, straight
from pathoflow.space import Mpp, Point


def test_a_three_four_five_triangle_in_pixels_that_are_not_square() -> None:
    # 6 rows of 0.5 µm and 16 columns of 0.25 µm: 3 and 4 µm.
    line = np.array([[0, 0], [6, 16]])
    assert length_um(line, Mpp(0.5, 0.25)) == pytest.approx(5.0)
    assert between_um(Point(0, 0), Point(6, 16), Mpp(0.5, 0.25)) == pytest.approx(5.0)


def test_a_bent_line_is_as_long_as_its_parts() -> None:
    line = np.array([[0, 0], [0, 10], [10, 10]])
    assert length_um(line, Mpp(1, 1)) == pytest.approx(20.0)


def test_corner_places_become_places_from_the_first_pixels_centre() -> None:
    np.testing.assert_array_equal(
        as_line(Point(1.0, 2.0), Point(3.5, 0.5)), [[0.5, 1.5], [3.0, 0.0]]
    )


def test_a_click_without_a_drag_is_no_line() -> None:
    assert len(straight([np.zeros((1, 2)), np.ones((2, 2))])) == 1
