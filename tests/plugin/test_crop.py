"""A piece to paint in, and back to outlines."""

from __future__ import annotations

import numpy as np
import pytest
from shapely import Polygon, box

from napari_pathoflow.crop import Crop
from pathoflow.errors import UsageError
from pathoflow.space import Mpp, Size

MPP = Mpp(0.5, 0.5)
#: 200 x 120 µm.
VESSEL = box(1000, 2000, 1400, 2240)


def test_an_outline_that_nobody_touches_comes_back_as_it_was() -> None:
    crop = Crop.around(VESSEL, MPP)
    back = crop.outline(crop.labels)
    assert back.symmetric_difference(VESSEL).area / VESSEL.area < 0.01


def test_there_is_room_to_grow_on_every_side_and_pixels_are_half_a_micrometre() -> None:
    crop = Crop.around(VESSEL, MPP)
    assert crop.mpp == MPP
    # 0.6 of 200 µm, at 0.5 µm.
    assert crop.box.height == pytest.approx(240 + 2 * 240, abs=2)
    assert crop.labels.sum() == pytest.approx(400 * 240, rel=0.01)


def test_a_large_vessel_gets_a_coarser_grid_not_a_larger_one() -> None:
    crop = Crop.around(box(0, 0, 8000, 8000), MPP)
    assert max(crop.labels.shape) <= 2048 + 2
    back = crop.outline(crop.labels)
    assert back.area == pytest.approx(8000**2, rel=0.005)


def test_a_painted_square_is_where_it_was_painted() -> None:
    crop = Crop.around(VESSEL, MPP)
    labels = np.zeros_like(crop.labels)
    labels[10:60, 20:120] = 1
    left, top, right, bottom = crop.outline(labels).bounds
    assert top == pytest.approx((crop.box.top + 10) * crop.frame.scale_y, abs=1)
    assert left == pytest.approx((crop.box.left + 20) * crop.frame.scale_x, abs=1)
    assert (right - left, bottom - top) == pytest.approx((100, 50), abs=1.5)


def test_the_viewer_sees_the_piece_over_the_same_tissue() -> None:
    crop = Crop.whole(VESSEL, Size(4000, 3000), Mpp(1.0, 1.0))
    place = crop.place
    # 4,000 µm on 2,048 px; the centre of the first coarse pixel lies half the difference further in.
    mpp = 4000 / 2048
    assert place["scale"] == pytest.approx((mpp, mpp))
    assert place["translate"] == pytest.approx(((mpp - 1) / 2, (mpp - 1) / 2))


def test_a_hole_in_a_tumour_stays_a_hole() -> None:
    ring = Polygon(box(0, 0, 2000, 2000).exterior, [box(500, 500, 1500, 1500).exterior])
    crop = Crop.whole(ring, Size(3000, 3000), Mpp(1.0, 1.0))
    back = crop.outlines(crop.labels)
    assert back.symmetric_difference(ring).area / ring.area < 0.02


def test_an_empty_piece_is_refused() -> None:
    crop = Crop.around(VESSEL, MPP)
    with pytest.raises(UsageError, match="nothing is painted"):
        crop.outline(np.zeros_like(crop.labels))
