"""A slide of any size out of a small one: the small one again and again, read as if it were written so.

What must not depend on a slide's size, time per tissue and memory, shows on it without painting gigapixels.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pathoflow.slide import Level, SlideInfo, SlideReader
from pathoflow.space import Box, Size


class RepeatedReader:
    """``times`` x ``times`` copies of a slide, side by side; a `SlideReader`.

    Parameters
    ----------
    source
        Reader of the small slide.
    times
        Copies along each axis.

    Raises
    ------
    ValueError
        ``times`` is less than 1, or a level does not end where level 0 does, so that copies would not join.
    """

    def __init__(self, source: SlideReader, times: int) -> None:
        if times < 1:
            raise ValueError(f"a slide is repeated at least once, got {times}")
        info = source.info
        for number, level in enumerate(info.levels):
            ends = level.size.height * level.scale_y, level.size.width * level.scale_x
            if ends != info.size.shape:
                raise ValueError(f"level {number} ends at {ends}, level 0 at {info.size.shape}")
        self._source, self._times = source, times
        self._info = replace(
            info, reader="repeated", size=self._grown(info.size), levels=self._levels(), bounds=None
        )

    def _grown(self, size: Size) -> Size:
        return Size(size.height * self._times, size.width * self._times)

    def _levels(self) -> tuple[Level, ...]:
        return tuple(
            replace(level, size=self._grown(level.size)) for level in self._source.info.levels
        )

    @property
    def info(self) -> SlideInfo:
        """What the small slide says, with the size of the large one."""
        return self._info

    def read(self, level: int, box: Box) -> NDArray[np.uint8]:
        """Pixels of ``box``; see `SlideReader.read`."""
        one = self._source.info.levels[level].size
        pixels = np.full((*box.size.shape, 3), 255, np.uint8)
        for piece in box.intersect(self._info.levels[level].size.box()).pieces(one):
            down, along = piece.top // one.height, piece.left // one.width
            inside = piece.shift(-down * one.height, -along * one.width)
            pixels[piece.within(box).slices] = self._source.read(level, inside)
        return pixels

    def close(self) -> None:
        """Let go of the small slide's file."""
        self._source.close()
