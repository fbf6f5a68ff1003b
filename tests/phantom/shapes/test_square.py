from __future__ import annotations

import numpy as np

from pathoflow.phantom.shapes.square import Square


def test_a_square_is_negative_inside_and_its_polygon_has_its_area() -> None:
    square = Square(10.0, 20.0, 8.0)
    y, x = np.array([14.0, 10.0, 9.0, 14.0]), np.array([24.0, 24.0, 24.0, 31.0])
    assert square.signed_distance(y, x).tolist() == [-4, 0, 1, 3]
    assert square.polygon_um().area == 64
    assert square.polygon_um().bounds == (20, 10, 28, 18)
    assert square.extent_um.bottom == 18
