from __future__ import annotations

import numpy as np
import pytest
from shapely import Polygon

from pathoflow.report import trace_mask
from pathoflow.space import Frame


def test_a_traced_square_has_its_corners_cut_by_half_a_pixel() -> None:
    mask = np.zeros((10, 12), bool)
    mask[2:8, 3:9] = True
    (ring,) = trace_mask(mask, Frame(4.0, 4.0), tolerance_px=0.1)
    traced = Polygon(ring)
    # Rows 2 to 8, columns 3 to 9 in level-0 pixels, (x, y).
    assert traced.bounds == (12, 8, 36, 32)
    # 24 x 24, less four corners of half a mask pixel: 4 * (2 * 2 / 2).
    assert traced.area == 24 * 24 - 8


def test_holes_and_borders_close() -> None:
    mask = np.ones((20, 20), bool)
    mask[5:10, 5:10] = False
    rings = trace_mask(mask, Frame(1.0, 1.0))
    assert len(rings) == 2
    assert all(ring[0] == ring[-1] for ring in rings)
    assert max(Polygon(ring).area for ring in rings) > 398


def test_an_empty_mask_has_no_outline() -> None:
    assert trace_mask(np.zeros((5, 5), bool), Frame(1.0, 1.0)) == []


def test_a_mask_of_a_very_large_slide_is_traced_coarsely_at_the_same_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mask = np.zeros((90, 120), bool)
    mask[20:60, 30:90] = True
    (whole,) = trace_mask(mask, Frame(2.0, 2.0))
    # 120 pixels in steps of 3 are 40.
    monkeypatch.setattr("pathoflow.report.trace._LARGEST_PX", 40)
    (coarse,) = trace_mask(mask, Frame(2.0, 2.0))
    assert len(coarse) <= len(whole)
    # Within a step of 3 pixels of 2 level-0 pixels.
    found, expected = Polygon(coarse).bounds, Polygon(whole).bounds
    assert np.abs(np.subtract(found, expected)).max() <= 6
