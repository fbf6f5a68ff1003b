"""Windows of a map around thousands of vessels, from tiles that are read once."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pathoflow.space import Box, Frame, Size
from pathoflow.store import Pyramid

#: Two chunks of a stored map: a window of a common vessel touches one to four tiles.
TILE_PX = 1024
#: Bytes of tiles that are kept: two rows of tiles of a map of 25 mm, so that windows over the border between two rows
#: find the upper one still there.
_KEPT_BYTES = 32 * 2**20


class ClassMap(Protocol):
    """The probability of one class over the slide, 0 to 255."""

    @property
    def pyramid(self) -> Pyramid:
        """The map."""

    @property
    def frame(self) -> Frame:
        """Where its level 0 lies."""


class WindowReader:
    """Reads windows of one map; those asked for in the order of `tile_order` read every tile once.

    A window of a thousand vessels on a tile would otherwise decode the same chunks a thousand times.
    """

    def __init__(self, pyramid: Pyramid, frame: Frame) -> None:
        self.frame = frame
        self._pyramid = pyramid
        self._tiles: OrderedDict[tuple[int, int, int], NDArray[Any]] = OrderedDict()

    def read(self, box: Box, frame: Frame) -> NDArray[Any]:
        """Values at the pixel centres of ``box`` of any ``frame``, from the level nearest to it; 0 outside.

        Level 0 and its halves are given pixel for pixel; any other grid takes the nearest pixel.
        """
        level = self._level(frame)
        own = Frame(self.frame.scale_y * 2**level, self.frame.scale_x * 2**level)
        if _is_same(own, frame) or box.is_empty:
            return self._window(box, level)
        rows = _nearest(box.top, box.bottom, frame.scale_y / own.scale_y)
        columns = _nearest(box.left, box.right, frame.scale_x / own.scale_x)
        whole = Box.spanning(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)
        return self._window(whole, level)[np.ix_(rows - whole.top, columns - whole.left)]

    def _level(self, frame: Frame) -> int:
        wanted = round(math.log2(frame.scale_y / self.frame.scale_y))
        return min(len(self._pyramid.levels) - 1, max(0, wanted))

    def _window(self, box: Box, level: int) -> NDArray[Any]:
        if max(box.size.shape) > 2 * TILE_PX:
            return self._pyramid.read(box, level)
        found: NDArray[Any] | None = None
        for piece in box.pieces(Size(TILE_PX, TILE_PX)):
            row, column = piece.top // TILE_PX, piece.left // TILE_PX
            tile = self._tile(level, row, column)
            if found is None:
                found = np.zeros(box.size.shape, tile.dtype)
            here = piece.shift(-row * TILE_PX, -column * TILE_PX)
            found[piece.within(box).slices] = tile[here.slices]
        return self._pyramid.read(box, level) if found is None else found

    def _tile(self, level: int, row: int, column: int) -> NDArray[Any]:
        key = (level, row, column)
        if key not in self._tiles:
            box = Box(row * TILE_PX, column * TILE_PX, TILE_PX, TILE_PX)
            self._tiles[key] = self._pyramid.read(box, level)
            if len(self._tiles) * self._tiles[key].nbytes > _KEPT_BYTES:
                self._tiles.popitem(last=False)
        self._tiles.move_to_end(key)
        return self._tiles[key]


def tile_order(boxes: list[Box]) -> list[int]:
    """Indices of ``boxes`` (pixels of the map) tile by tile, so that each tile is read once for all of them."""
    return sorted(
        range(len(boxes)),
        key=lambda at: (boxes[at].top // TILE_PX, boxes[at].left // TILE_PX, at),
    )


def _is_same(one: Frame, other: Frame) -> bool:
    return math.isclose(one.scale_y, other.scale_y, rel_tol=1e-6) and math.isclose(
        one.scale_x, other.scale_x, rel_tol=1e-6
    )


def _nearest(first: int, past: int, scale: float) -> NDArray[np.int64]:
    places: NDArray[np.float64] = np.floor((np.arange(first, past) + 0.5) * scale)
    return places.astype(np.int64)
