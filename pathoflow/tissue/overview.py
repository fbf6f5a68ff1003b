"""A slide to one small picture of all of it, read in strips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pathoflow.slide.reader import SlideInfo
from pathoflow.slide.salvage import read_what_can_be
from pathoflow.space import Box, Frame, Mpp, Size


class PixelSource(Protocol):
    """The part of a slide that this room needs."""

    @property
    def size(self) -> Size:
        """Level-0 pixels."""

    @property
    def mpp(self) -> Mpp:
        """Micrometres per level-0 pixel."""

    @property
    def info(self) -> SlideInfo:
        """What the header says."""

    def read(self, box: Box, mpp: float) -> NDArray[np.uint8]:
        """Pixels of ``box`` of the grid of ``mpp``, shape ``(box.height, box.width, 3)``."""


@dataclass(frozen=True)
class Overview:
    """The whole slide at low power.

    Attributes
    ----------
    pixels
        RGB, shape ``(h, w, 3)``.
    mpp
        Micrometres per pixel.
    frame
        Grid of ``pixels``, anchored at the slide's origin.
    slide_mpp
        Micrometres per level-0 pixel.
    lost
        Where pixels could not be decoded and are white, shape ``(h, w)``; None for nowhere.
    """

    pixels: NDArray[np.uint8]
    mpp: float
    frame: Frame
    slide_mpp: Mpp
    lost: NDArray[np.bool_] | None = None


#: Source pixels behind one strip: 64 megapixels are 200 MB of RGB.
MAX_STRIP_PX = 64_000_000


#: A tile of 256 pixels of a 20x scan is this wide at 8 µm/px.
_SALVAGE_PX = 16


def read_overview(
    slide: PixelSource, mpp: float = 8.0, max_strip_px: int = MAX_STRIP_PX
) -> Overview:
    """Read the whole slide at ``mpp``.

    A slide without small levels is read from large ones; strips are cut so that no read touches more than
    ``max_strip_px`` pixels of the level behind it. One damaged tile costs no more than its place.
    """
    frame = Frame.at(mpp, slide.mpp)
    size = frame.size(slide.size)
    pixels = np.empty((*size.shape, 3), dtype=np.uint8)
    whole = size.box()
    lost = None
    for box in whole.pieces(_strip(size, frame, slide.info, max_strip_px)):
        pixels[box.slices], missing = read_what_can_be(
            lambda piece: slide.read(piece, mpp=mpp), box, _SALVAGE_PX
        )
        if missing is not None:
            lost = np.zeros(size.shape, bool) if lost is None else lost
            lost[box.slices] = missing
    return Overview(pixels, mpp, frame, slide.mpp, lost)


def _strip(size: Size, frame: Frame, info: SlideInfo, max_strip_px: int) -> Size:
    """The largest strip, full width where possible, that stays within ``max_strip_px`` source pixels."""
    fine_enough = [
        (level.scale_y, level.scale_x)
        for level in info.levels
        if level.scale_y <= frame.scale_y * 1.001 and level.scale_x <= frame.scale_x * 1.001
    ]
    scale_y, scale_x = max(fine_enough, default=(1.0, 1.0))
    per_row = max(1.0, frame.scale_y / scale_y)
    per_column = max(1.0, frame.scale_x / scale_x)
    width = min(size.width, max(1, int(max_strip_px / (per_row * per_column))))
    height = min(size.height, max(1, int(max_strip_px / (per_row * per_column * width))))
    return Size(height, width)
