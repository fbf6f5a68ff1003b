from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathoflow.report import Field, Picture
from pathoflow.report.svg import path_of, rings_of, scale_bar

SQUARE = [[0, 0], [100, 0], [100, 100], [0, 100], [0, 0]]
HOLE = [[20, 20], [40, 20], [40, 40], [20, 40], [20, 20]]


@pytest.fixture
def picture() -> Picture:
    """Ten level-0 pixels per picture pixel, from (x 50, y -20) on."""
    return Picture(np.zeros((30, 30, 3), np.uint8), Field(-20, 50, 300, 300), 1.0)


def test_holes_are_rings_too() -> None:
    assert len(rings_of({"type": "Polygon", "coordinates": [SQUARE, HOLE]})) == 2
    assert len(rings_of({"type": "MultiPolygon", "coordinates": [[SQUARE], [HOLE]]})) == 2


def test_other_geometries_are_refused() -> None:
    with pytest.raises(ValueError, match="LineString"):
        rings_of({"type": "LineString", "coordinates": SQUARE})


def test_a_path_is_in_picture_pixels_and_closed_once(picture: Picture) -> None:
    rings = rings_of({"type": "Polygon", "coordinates": [SQUARE]})
    assert path_of(rings, picture) == "M-5 2L5 2L5 12L-5 12Z"


def test_points_on_a_straight_line_are_left_out_but_rings_stay_rings(picture: Picture) -> None:
    many = np.array([(x, 0) for x in range(101)] + [(100, 100), (0, 100), (0, 0)], float)
    assert path_of([many], picture).count("L") == 3
    speck = np.array([(0, 0), (0.1, 0), (0.1, 0.1), (0, 0)])
    assert path_of([speck], picture).count("L") == 2


@given(st.floats(0.1, 100), st.integers(50, 3000))
def test_a_scale_bar_is_round_and_fits(mpp: float, width: int) -> None:
    bar = scale_bar(mpp, width, 0.25)
    number, unit = bar.text.split()
    length_um = float(number) * (1000 if unit == "mm" else 1)
    assert bar.length_px * mpp == pytest.approx(length_um)
    # The next rounder one, at most 2.5 times as long, would not fit.
    assert width * 0.25 / 2.51 <= bar.length_px <= width * 0.25 * 1.001
    assert re.fullmatch(r"0*\.?0*[125]0*", number)


def test_a_millimetre_is_called_one() -> None:
    assert scale_bar(1.0, 4546).text == "1 mm"
    assert scale_bar(1.0, 4000).text == "500 µm"
