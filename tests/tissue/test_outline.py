import numpy as np
import pytest

from pathoflow.space import Frame
from pathoflow.tissue.outline import trace_outline


def test_a_single_pixel_becomes_a_diamond_of_half_its_area():
    outline = trace_outline(np.ones((1, 1), bool), (3, 5), Frame(10.0, 20.0))
    assert outline.centroid.coords[0] == pytest.approx((5.5 * 20, 3.5 * 10))
    assert outline.area == pytest.approx(0.5 * 10 * 20)


def test_the_corner_moves_the_outline_by_whole_pixels():
    inside = np.ones((4, 6), bool)
    here = trace_outline(inside, (0, 0), Frame(2.0, 2.0))
    there = trace_outline(inside, (7, 9), Frame(2.0, 2.0))
    assert np.subtract(there.bounds, here.bounds) == pytest.approx((18, 14, 18, 14))


def test_an_island_in_a_hole_is_not_part_of_the_piece():
    ring = np.ones((20, 20), bool)
    ring[5:15, 5:15] = False
    outline = trace_outline(ring, (0, 0), Frame(1.0, 1.0))
    assert outline.is_valid
    assert outline.area == pytest.approx(300, rel=0.01)
