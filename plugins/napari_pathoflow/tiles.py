"""A slide's levels as a viewer slices them: read in tiles on demand, the last ones kept within a bound."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pathoflow.space import Box, Size

_TILE = Size(1024, 1024)
#: About three screens of 40x on a large monitor.
_CACHE_BYTES = 256 * 2**20

Pixels = NDArray[np.uint8]


class LevelSource(Protocol):
    """What has levels of pixels; a `Slide` does."""

    def read_level(self, level: int, box: Box) -> Pixels:
        """Pixels of ``box``, shape ``(h, w, 3)``."""


class TileCache:
    """Recently used pieces, oldest use forgotten first, bounded in bytes; several threads may share it."""

    def __init__(self, limit_bytes: int = _CACHE_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self.held_bytes = 0
        self._pieces: OrderedDict[object, Pixels] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object) -> Pixels | None:
        """What is kept under ``key``, which counts as used now."""
        with self._lock:
            if key in self._pieces:
                self._pieces.move_to_end(key)
            return self._pieces.get(key)

    def put(self, key: object, pixels: Pixels) -> None:
        """Keep ``pixels``; a piece larger than the bound is not kept."""
        with self._lock:
            if key in self._pieces or pixels.nbytes > self.limit_bytes:
                return
            self._pieces[key] = pixels
            self.held_bytes += pixels.nbytes
            while self.held_bytes > self.limit_bytes:
                self.held_bytes -= self._pieces.popitem(last=False)[1].nbytes

    def recall(self, key: object, make: Callable[[], Pixels]) -> Pixels:
        """What is kept under ``key``, else made now and kept."""
        found = self.get(key)
        if found is None:
            found = make()
            self.put(key, found)
        return found

    def __contains__(self, key: object) -> bool:
        with self._lock:
            return key in self._pieces

    def __len__(self) -> int:
        return len(self._pieces)


class TiledLevel:
    """One level as an array of shape ``(y, x, 3)``, uint8; slicing reads whole tiles and keeps them.

    A viewer that pans asks for nearly the same region again and again. dask would read each anew, or keep graphs of ten
    thousand tasks; here a step sideways costs the new tiles alone.
    """

    def __init__(self, source: LevelSource, level: int, size: Size, cache: TileCache) -> None:
        self.shape = (*size.shape, 3)
        self.dtype = np.dtype(np.uint8)
        self.ndim = 3
        self.size = size.height * size.width * 3
        self._source, self._level, self._plane, self._cache = source, level, size, cache

    def __getitem__(self, index: object) -> Pixels:
        rows, columns, channels = _slices(index)
        top, bottom, down = rows.indices(self.shape[0])
        left, right, along = columns.indices(self.shape[1])
        box = Box.spanning(top, left, max(top, bottom), max(left, right))
        return self._gather(box)[::down, ::along, channels]

    def __array__(self, dtype: object = None, copy: bool | None = None) -> Pixels:
        del dtype, copy
        return self._gather(self._plane.box())

    def _gather(self, box: Box) -> Pixels:
        out = np.empty((*box.size.shape, 3), np.uint8)
        if box.is_empty:
            return out
        first_row, first_column = box.top // _TILE.height, box.left // _TILE.width
        for row in range(first_row, -(-box.bottom // _TILE.height)):
            for column in range(first_column, -(-box.right // _TILE.width)):
                tile = Box(row * _TILE.height, column * _TILE.width, *_TILE.shape)
                tile = tile.intersect(self._plane.box())
                pixels = self._tile(tile)
                shared = tile.intersect(box)
                out[shared.within(box).slices] = pixels[shared.within(tile).slices]
        return out

    def _tile(self, tile: Box) -> Pixels:
        key = (self._level, tile.top, tile.left)
        return self._cache.recall(key, lambda: self._source.read_level(self._level, tile))


def _slices(index: Any) -> tuple[slice, slice, slice]:
    """Rows, columns and channels of whatever a viewer slices with."""
    parts = list(index) if isinstance(index, tuple) else [index]
    if Ellipsis in parts:
        at = parts.index(Ellipsis)
        parts[at : at + 1] = [slice(None)] * (4 - len(parts))
    parts += [slice(None)] * (3 - len(parts))
    rows, columns, channels = (p if isinstance(p, slice) else slice(p, p + 1) for p in parts)
    return rows, columns, channels
