"""The pictures of a gallery: one physical field for all vessels, so that the eye compares sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from napari_pathoflow.candidates import Candidate
from napari_pathoflow.tiles import TileCache
from pathoflow.errors import SlideError
from pathoflow.space import Box, Frame, Mpp

Pixels = NDArray[np.uint8]

#: Side of the usual field and of the one a key widens it to, µm.
FIELD_UM, WIDE_UM = 400.0, 1600.0
#: Some 2,000 pictures of 200 x 200 pixels.
_CACHE_BYTES = 240 * 2**20
#: Grey that is neither glass nor tissue, where a slide cannot be read.
_UNREADABLE = 128


class PicturedSlide(Protocol):
    """What a picture is taken from; a `Slide` is one."""

    @property
    def mpp(self) -> Mpp:
        """Micrometres per level-0 pixel."""

    def read(self, box: Box, mpp: float) -> Pixels:
        """Pixels of ``box`` of the grid of ``mpp``."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A picture's pixels, ``(side, side, 3)``, and the outline on it in its own pixels (x, y)."""

    pixels: Pixels
    rings: tuple[NDArray[np.float64], ...]


class Thumbnails:
    """Pictures of vessels, read when they are first asked for and kept within a bound.

    Parameters
    ----------
    slides
        Open slides by id; a vessel of a slide that is not there has a plain grey picture.
    side_px
        Side of a picture.
    limit_bytes
        Most bytes that are kept.
    """

    def __init__(
        self,
        slides: Mapping[str, PicturedSlide],
        side_px: int = 200,
        limit_bytes: int = _CACHE_BYTES,
    ) -> None:
        self.side_px = side_px
        self.cache = TileCache(limit_bytes)
        self._slides = slides

    def take(self, one: Candidate, side_um: float = FIELD_UM) -> Thumbnail:
        """The picture of a vessel; from the second time on without the slide."""
        key = (one.id, side_um)
        pixels = self.cache.recall(key, lambda: self._read(one, side_um))
        return Thumbnail(pixels, self.rings_on(one, side_um))

    def known(self, one: Candidate, side_um: float = FIELD_UM) -> Thumbnail | None:
        """The picture where it is kept already; this never reads."""
        pixels = self.cache.get((one.id, side_um))
        return None if pixels is None else Thumbnail(pixels, self.rings_on(one, side_um))

    def rings_on(self, one: Candidate, side_um: float) -> tuple[NDArray[np.float64], ...]:
        """The outline in pixels of the picture, (x, y)."""
        slide = self._slides.get(one.slide)
        if slide is None:
            return ()
        frame, box = self._grid(one, slide, side_um)
        scale = np.array([frame.scale_x, frame.scale_y])
        return tuple(ring / scale - (box.left, box.top) for ring in one.rings)

    def _grid(self, one: Candidate, slide: PicturedSlide, side_um: float) -> tuple[Frame, Box]:
        frame = Frame.at(side_um / self.side_px, slide.mpp)
        centre = frame.from_level0(one.centre)
        half = self.side_px / 2
        corner = round(centre.y - half), round(centre.x - half)
        return frame, Box(*corner, self.side_px, self.side_px)

    def _read(self, one: Candidate, side_um: float) -> Pixels:
        grey = np.full((self.side_px, self.side_px, 3), _UNREADABLE, np.uint8)
        slide = self._slides.get(one.slide)
        if slide is None:
            return grey
        _, box = self._grid(one, slide, side_um)
        try:
            return slide.read(box, side_um / self.side_px)
        except SlideError:
            # A damaged tile costs this picture alone.
            return grey
