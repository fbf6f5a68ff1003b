"""The coarse end of a slide's pyramid: small enough to be shown at once, made where the file has none.

A viewer reads the coarsest level whole. Where a file ends at thousands of pixels, coarser levels are made of its last
one. A painted slide that exists only as a recipe has no cheap overview at all, so a large one gets a drawing of its
tissue and tumour in its place; from a few micrometres per pixel on, its real pixels are shown.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_pathoflow.tiles import TileCache, TiledLevel
from pathoflow.slide import Slide
from pathoflow.space import Box, Frame, Size

Pixels = NDArray[np.uint8]

#: Longest side of the coarsest level, pixels.
COARSEST_PX = 1024
#: Virtual slides up to this many pixels are painted at every power.
_SMALL_PX = 100_000_000
#: Colours of the drawing: glass, liver, tumour.
_DRAWN = np.array([[243, 240, 243], [225, 178, 204], [190, 140, 186]], np.uint8)


@dataclass
class MadeLevel:
    """A level that is made whole when it is first looked at, ``(y, x, 3)``, uint8."""

    plane: Size
    make: Callable[[], Pixels]

    def __post_init__(self) -> None:
        self.shape = (*self.plane.shape, 3)
        self.dtype = np.dtype(np.uint8)
        self.ndim = 3
        self.size = self.plane.height * self.plane.width * 3
        self._pixels: Pixels | None = None
        self._lock = threading.Lock()

    def __getitem__(self, index: Any) -> Pixels:
        part: Pixels = self.__array__()[index]
        return part

    def __array__(self, dtype: object = None, copy: bool | None = None) -> Pixels:
        del dtype, copy
        with self._lock:
            if self._pixels is None:
                self._pixels = self.make()
        return self._pixels


def levels_of(slide: Slide, cache: TileCache | None = None) -> list[TiledLevel | MadeLevel]:
    """All levels for a viewer, from fine to coarse; the last is at most `COARSEST_PX` long."""
    cache = cache or TileCache()
    stored = slide.info.levels
    if _is_drawn(slide):
        # Coarser ones would paint the slide: a pixel of theirs needs all pixels under it.
        first = TiledLevel(slide, 0, stored[0].size, cache)
        return [first, *_drawn_levels(slide)]
    levels: list[TiledLevel | MadeLevel] = [
        TiledLevel(slide, index, level.size, cache) for index, level in enumerate(stored)
    ]
    last = stored[-1]
    made = [MadeLevel(size, _reduction(slide, size)) for size in _coarser(last.size)]
    return [*levels, *made]


def _is_drawn(slide: Slide) -> bool:
    return hasattr(slide.reader, "plan") and slide.size.height * slide.size.width > _SMALL_PX


def _coarser(size: Size) -> Sequence[Size]:
    """Sizes below ``size``, each a quarter as wide, until one is small enough."""
    found = []
    while max(size.shape) > COARSEST_PX:
        size = Size(-(-size.height // 4), -(-size.width // 4))
        found.append(size)
    return found


def _reduction(slide: Slide, size: Size) -> Callable[[], Pixels]:
    def make() -> Pixels:
        pixels = slide.thumbnail(max(size.shape))
        # The two ways of rounding a size differ by a pixel at most.
        out = np.full((*size.shape, 3), 255, np.uint8)
        height, width = min(size.height, pixels.shape[0]), min(size.width, pixels.shape[1])
        out[:height, :width] = pixels[:height, :width]
        return out

    return make


def _drawn_levels(slide: Slide) -> list[MadeLevel]:
    from pathoflow.phantom import Truth

    truth = Truth(slide.reader.plan)  # type: ignore[attr-defined]  # asked for by _is_drawn
    return [
        MadeLevel(size, _drawing(truth, slide.size, size))
        for size in _coarser(slide.size)
        # Larger drawings cost memory and show no more.
        if max(size.shape) <= 4 * COARSEST_PX
    ]


def _drawing(truth: Any, slide: Size, size: Size) -> Callable[[], Pixels]:
    def make() -> Pixels:
        frame = Frame(slide.height / size.height, slide.width / size.width)
        box = Box(0, 0, *size.shape)
        values = np.where(truth.tissue_mask(box, frame) > 0, 1, 0)
        values[truth.tumour_mask(box, frame) > 0] = 2
        drawn: Pixels = _DRAWN[values]
        return drawn

    return make
