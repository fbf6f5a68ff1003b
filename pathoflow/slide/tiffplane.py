"""One image plane of a TIFF: only the tiles or strips under a box are read and decoded.

The page tells where each segment lies in the file; its bytes are read at that place, decoded, and copied into the
answer. The array store of the TIFF library is left out on purpose: its format changed between releases, and copying
segments is several times faster.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray

from pathoflow.errors import ReaderRefused, TileUnreadable, UsageError
from pathoflow.slide.tiffdecoder import DECODING_ERRORS, decoder_of
from pathoflow.space import Box, Size


class FileBytes:
    """A file that many threads read at places of their own."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._file = path.open("rb", buffering=0)
        self._seeking = threading.Lock()

    def at(self, offset: int, count: int) -> bytes:
        """``count`` bytes from ``offset`` on; fewer where the file ends."""
        if self._file.closed:
            raise UsageError(f"{self.name} is closed; open the slide again to read from it.")
        if hasattr(os, "pread"):
            return os.pread(self._file.fileno(), count, offset)
        with self._seeking:  # Windows has no pread
            self._file.seek(offset)
            return self._file.read(count)

    def close(self) -> None:
        """Let go of the file; closing twice is fine."""
        self._file.close()

    def __del__(self) -> None:
        # A slide may live as long as a window shows it, so not closing it by hand is no mistake to warn about.
        if hasattr(self, "_file"):
            self._file.close()


class SegmentCache:
    """Decoded segments that were used last, up to a number of bytes; shared by the planes of one file.

    Only segments of which a read used a part are put here: the read beside it will want the rest, and a strip is met by
    every box in its rows. Tiles that lie wholly in a box are hardly asked for twice. The last segment stays whatever
    its size: a file of a single strip would otherwise be decoded for every box.
    """

    def __init__(self, most_bytes: int = 1 << 26) -> None:
        self._most_bytes = most_bytes
        self._held_bytes = 0
        self._segments: OrderedDict[tuple[int, int], NDArray[np.uint8]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[int, int]) -> NDArray[np.uint8] | None:
        """The segment ``(plane, number)``, or None if it is not held."""
        with self._lock:
            if key in self._segments:
                self._segments.move_to_end(key)
            return self._segments.get(key)

    def put(self, key: tuple[int, int], segment: NDArray[np.uint8]) -> None:
        """Hold ``segment`` and let go of those not used for longest."""
        with self._lock:
            if key in self._segments:
                return
            self._segments[key] = segment
            self._held_bytes += segment.nbytes
            while self._held_bytes > self._most_bytes and len(self._segments) > 1:
                self._held_bytes -= self._segments.popitem(last=False)[1].nbytes


class TiffPlane:
    """The pixels of one page as uint8 RGB.

    Parameters
    ----------
    page
        A parsed page, whose file is open now; it may be closed later.
    number
        The level, for messages and as cache key.
    file, cache
        Shared by all planes of the file.

    Raises
    ------
    ReaderRefused
        The page holds something other than 8-bit RGB or grey, or lacks segments.
    """

    def __init__(
        self, page: tifffile.TiffPage, number: int, file: FileBytes, cache: SegmentCache
    ) -> None:
        self._decode = decoder_of(page)
        self.size = Size(page.imagelength, page.imagewidth)
        self._number, self._file, self._cache = number, file, cache
        self._segment = (
            Size(page.tilelength, page.tilewidth)
            if page.is_tiled
            else Size(min(page.rowsperstrip, page.imagelength), page.imagewidth)
        )
        #: Rows and columns of segments.
        self.grid = Size(
            -(-self.size.height // self._segment.height), -(-self.size.width // self._segment.width)
        )
        self._offsets, self._counts = tuple(page.dataoffsets), tuple(page.databytecounts)
        needed = self.grid.area
        if min(len(self._offsets), len(self._counts)) < needed:
            raise ReaderRefused(f"level {number} needs {needed} tiles and lists fewer")
        #: Numbers of the segments that are left out: scanners do not store all that they did not scan.
        self.gaps = frozenset(n for n in range(needed) if not self._counts[n])

    def leave_out(self, numbers: Iterable[int]) -> None:
        """Take these segments for left out, whatever is stored of them; call it before the first read."""
        self.gaps |= frozenset(numbers)

    def bytes_of(self, number: int) -> int:
        """Stored length of a segment, 0 where it is left out."""
        return 0 if number in self.gaps else self._counts[number]

    def place_of(self, number: int) -> Box:
        """Pixels of a segment, without what it holds beyond the image."""
        return self._place(*divmod(number, self.grid.width)).intersect(self.size.box())

    def gaps_under(self, box: Box) -> Iterator[Box]:
        """Pixels of ``box`` that lie in segments that are left out."""
        inside = box.intersect(self.size.box())
        if self.gaps and not inside.is_empty:
            for number, place in self._segments_under(inside):
                if number in self.gaps:
                    yield place.intersect(inside)

    def read(self, box: Box) -> NDArray[np.uint8]:
        """Pixels of ``box``: shape ``(box.height, box.width, 3)``; white outside, and where a tile is left out."""
        image = self.size.box()
        inside = box.intersect(image)
        shape = box.height, box.width, 3
        if inside.is_empty:
            return np.full(shape, 255, np.uint8)
        is_filled = inside == box and not self.gaps
        pixels = np.empty(shape, np.uint8) if is_filled else np.full(shape, 255, np.uint8)
        for number, place in self._segments_under(inside):
            if number in self.gaps:
                continue
            # Plain numbers: boxes in this loop would cost a twentieth of the decoding.
            top, left = max(place.top, inside.top), max(place.left, inside.left)
            bottom, right = min(place.bottom, inside.bottom), min(place.right, inside.right)
            stored = (
                min(place.bottom, image.bottom) - place.top,
                min(place.right, image.right) - place.left,
            )
            segment = self._load(number, place, is_whole=(bottom - top, right - left) == stored)
            pixels[top - box.top : bottom - box.top, left - box.left : right - box.left] = segment[
                top - place.top : bottom - place.top, left - place.left : right - place.left
            ]
        return pixels

    def _segments_under(self, inside: Box) -> Iterator[tuple[int, Box]]:
        """Number and place of every segment that shares pixels with ``inside``, which is not empty."""
        height, width = self._segment.shape
        for row in range(inside.top // height, (inside.bottom - 1) // height + 1):
            for column in range(inside.left // width, (inside.right - 1) // width + 1):
                yield row * self.grid.width + column, self._place(row, column)

    def _place(self, row: int, column: int) -> Box:
        height, width = self._segment.shape
        return Box(row * height, column * width, height, width)

    def _load(self, number: int, place: Box, is_whole: bool) -> NDArray[np.uint8]:
        """One segment as RGB, from the cache or the file; kept unless the reader takes the whole of it."""
        key = (self._number, number)
        segment = self._cache.get(key)
        if segment is None:
            try:
                segment = self._fetch(number)
            except DECODING_ERRORS as error:
                raise TileUnreadable(
                    f"{self._file.name}: the tile at row {place.top}, column {place.left} of level {self._number} "
                    f"cannot be decoded ({error}); copy the file again from the scanner."
                ) from error
            if not is_whole:
                self._cache.put(key, segment)
        return segment

    def _fetch(self, number: int) -> NDArray[np.uint8]:
        """Read and decode one segment; raises one of `DECODING_ERRORS` where that fails."""
        data = self._file.at(self._offsets[number], self._counts[number])
        if len(data) < self._counts[number]:
            raise OSError(f"{len(data)} of {self._counts[number]} bytes are there")
        return self._decode(data, number)
