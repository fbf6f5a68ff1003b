"""Pictures of one physical size."""

from __future__ import annotations

from typing import Any

import numpy as np

from napari_pathoflow.candidates import Candidate
from napari_pathoflow.thumbnails import FIELD_UM, WIDE_UM, Thumbnails
from pathoflow.errors import TileUnreadable
from pathoflow.space import Box, Mpp


class Recording:
    mpp = Mpp(0.5, 0.5)

    def __init__(self) -> None:
        self.asked: list[tuple[Box, float]] = []

    def read(self, box: Box, mpp: float) -> Any:
        self.asked.append((box, mpp))
        return np.full((*box.size.shape, 3), 7, np.uint8)


class Broken(Recording):
    def read(self, box: Box, mpp: float) -> Any:
        raise TileUnreadable("tile 3 is damaged; copy the slide again")


def vessel(slide: str = "a") -> Candidate:
    ring = np.array([[1000, 2000], [1200, 2000], [1200, 2100], [1000, 2100], [1000, 2000]], float)
    return Candidate("v", slide, (ring,))


def test_the_field_is_four_hundred_micrometres_around_the_middle_and_read_once() -> None:
    slide = Recording()
    pictures = Thumbnails({"a": slide}, side_px=200)
    for _ in range(3):
        assert pictures.take(vessel()).pixels.shape == (200, 200, 3)
    # 400 µm on 200 px: 2 µm per pixel; the middle (1100, 2050) is (275, 512.5) there.
    assert slide.asked == [(Box(412, 175, 200, 200), 2.0)]


def test_the_wide_field_is_another_picture() -> None:
    slide = Recording()
    pictures = Thumbnails({"a": slide})
    pictures.take(vessel(), FIELD_UM)
    pictures.take(vessel(), WIDE_UM)
    assert [mpp for _, mpp in slide.asked] == [2.0, 8.0]


def test_the_outline_is_drawn_where_it_lies_in_the_picture() -> None:
    pictures = Thumbnails({"a": Recording()}, side_px=200)
    (ring,) = pictures.take(vessel()).rings
    # (1000, 2000) px is (250, 500) at 2 µm; the picture begins at (175, 412).
    np.testing.assert_allclose(ring[0], [75, 88])
    np.testing.assert_allclose(ring[2] - ring[0], [50, 25])


def test_what_is_known_is_told_without_reading() -> None:
    slide = Recording()
    pictures = Thumbnails({"a": slide})
    assert pictures.known(vessel()) is None
    assert slide.asked == []
    pictures.take(vessel())
    assert pictures.known(vessel()) is not None


def test_a_missing_or_damaged_slide_costs_a_grey_picture_and_no_more() -> None:
    for slides in ({}, {"a": Broken()}):
        picture = Thumbnails(slides, side_px=50).take(vessel())
        assert (picture.pixels == 128).all()


def test_memory_is_bounded_whatever_is_scrolled_past() -> None:
    pictures = Thumbnails({"a": Recording()}, side_px=100, limit_bytes=300_000)
    ring = vessel().rings
    for number in range(50):
        pictures.take(Candidate(str(number), "a", ring))
    assert pictures.cache.held_bytes <= 300_000
    assert len(pictures.cache) == 10
