from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pathoflow.errors import TileUnreadable
from pathoflow.report import Pictures, PictureSettings, take_pictures
from pathoflow.space import Box, Frame, Mpp, Size

WHITE = 250


@dataclass(frozen=True)
class Blank:
    """Black glass."""

    size: Size
    mpp: Mpp

    def read(self, box: Box, *, mpp: float) -> NDArray[np.uint8]:
        return np.zeros((*box.size.shape, 3), np.uint8)


def test_the_overview_shows_the_whole_slide(pictures: Pictures) -> None:
    overview = pictures.overview
    # 30,000 px of 0.5 µm on 1400 px.
    assert overview.mpp == pytest.approx(15_000 / 1400)
    assert overview.pixels.shape == (1120, 1400, 3)
    assert overview.field.height_px == pytest.approx(24_000)
    assert overview.field.width_px == pytest.approx(30_000)


def test_small_slides_are_not_enlarged() -> None:
    taken = take_pictures(Blank(Size(300, 500), Mpp(0.5, 0.5)), {})
    assert taken.overview.mpp == 0.5
    assert taken.overview.pixels.shape == (300, 500, 3)


def test_every_candidate_has_a_field_of_400_um_around_it(
    pictures: Pictures, result: dict[str, Any]
) -> None:
    by_id = {vessel["id"]: vessel for vessel in result["vessels"]}
    widths = []
    for vessel_id, picture in pictures.gallery.items():
        y, x = by_id[vessel_id]["centroid_px"]
        field = picture.field
        # Centred to within a pixel of the picture.
        slack = field.height_px / picture.height
        assert field.top_px + field.height_px / 2 == pytest.approx(y, abs=slack)
        assert field.left_px + field.width_px / 2 == pytest.approx(x, abs=slack)
        widths.append(picture.width_um)
    # The first is 900 µm tall; 900 * 1.3.
    assert widths == pytest.approx([1170, 400, 400, 400, 400])


def test_pictures_come_in_order_of_suspicion(pictures: Pictures, result: dict[str, Any]) -> None:
    by_id = {vessel["id"]: vessel["p_mvi"] for vessel in result["vessels"]}
    assert [by_id[vessel_id] for vessel_id in pictures.gallery] == [
        0.983,
        0.964,
        0.871,
        0.62,
        0.553,
    ]


def test_a_field_shows_what_lies_there(pictures: Pictures) -> None:
    for picture in pictures.gallery.values():
        middle = picture.pixels[picture.height // 2, picture.width // 2]
        assert (middle == WHITE).all()


def test_at_most_so_many_fields_are_taken(slide: Any, result: dict[str, Any]) -> None:
    assert len(take_pictures(slide, result, PictureSettings(max_fields=2)).gallery) == 2


def test_a_field_may_reach_over_the_border(slide: Any, result: dict[str, Any]) -> None:
    corner = [(0, 0), (80, 0), (80, 60), (0, 60), (0, 0)]
    vessel = result["vessels"][4] | {"outline": {"type": "Polygon", "coordinates": [corner]}}
    taken = take_pictures(slide, {"vessels": [vessel], "mvi": {"n_candidates": 1}})
    (picture,) = taken.gallery.values()
    assert picture.pixels.shape == (400, 400, 3)
    assert picture.field.top_px == -370
    assert picture.field.left_px == -360
    assert np.all(picture.pixels == 255)


def test_pixels_that_are_not_square_make_square_pictures(result: dict[str, Any]) -> None:
    slide = Blank(Size(24_000, 30_000), Mpp(0.5, 0.4))
    picture = next(iter(take_pictures(slide, result).gallery.values()))
    assert picture.field.height_px * 0.5 == pytest.approx(picture.field.width_px * 0.4)


@dataclass(frozen=True)
class Damaged:
    """White glass of which one level-0 pixel cannot be read."""

    size: Size = Size(4000, 4000)
    mpp: Mpp = Mpp(0.5, 0.5)

    def read(self, box: Box, *, mpp: float) -> NDArray[np.uint8]:
        frame = Frame.at(mpp, self.mpp)
        if not frame.box_to_level0(box).intersect(Box(2000, 3000, 1, 1)).is_empty:
            raise TileUnreadable("the tile at 2000, 3000 cannot be decoded; copy the file again")
        return np.full((*box.size.shape, 3), 255, np.uint8)


def test_a_damaged_slide_is_shown_as_far_as_it_can_be_read() -> None:
    pixels = take_pictures(Damaged(), {}).overview.pixels
    # 4000 px on 1400: the pixel lies at row 700, column 1050, in the piece from 700 and 1000 on.
    grey = (pixels == 128).all(axis=2)
    assert grey[700:800, 1000:1100].all()
    assert grey.sum() == 100 * 100
