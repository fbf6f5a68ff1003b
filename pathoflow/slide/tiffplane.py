"""One image plane of a TIFF: only the tiles or strips under a box are read and decoded.

The page tells where each segment lies in the file; its bytes are read at that place, decoded, and copied into the
answer. The array store of the TIFF library is left out on purpose: its format changed between releases, and copying
segments is several times faster.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray

from pathoflow.errors import ReaderRefused, TileUnreadable, UsageError
from pathoflow.space import Box, Size

# What decoders raise on damaged data: imagecodecs its own RuntimeErrors, numpy and tifffile ValueErrors.
_DECODING_ERRORS = (RuntimeError, ValueError, OSError, IndexError, TypeError)
_COLOURS: dict[int, str] = {
    tifffile.PHOTOMETRIC.RGB: "RGB",
    tifffile.PHOTOMETRIC.YCBCR: "RGB",  # decoded to RGB by the JPEG codec
    tifffile.PHOTOMETRIC.MINISBLACK: "grey",
    tifffile.PHOTOMETRIC.MINISWHITE: "inverted grey",
}
_CONVERTS_COLOURS = {
    6,
    7,
    33003,
    33004,
    33005,
    34712,
}  # JPEG and JPEG 2000 codecs, by TIFF compression number


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

    Reads that are not aligned to tiles meet most segments twice or four times, and a strip is met by every box in its
    rows. The last segment stays whatever its size: a file of a single strip would otherwise be decoded for every box.
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
        A parsed page; its file may be closed.
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
        self._colours, self._alpha = _check_colours(page)
        self.size = Size(page.imagelength, page.imagewidth)
        self._number, self._file, self._cache = number, file, cache
        self._segment = (
            Size(page.tilelength, page.tilewidth)
            if page.is_tiled
            else Size(min(page.rowsperstrip, page.imagelength), page.imagewidth)
        )
        self._columns = -(-self.size.width // self._segment.width)
        self._offsets, self._counts = tuple(page.dataoffsets), tuple(page.databytecounts)
        needed = self._columns * -(-self.size.height // self._segment.height)
        if min(len(self._offsets), len(self._counts)) < needed:
            raise ReaderRefused(f"level {number} needs {needed} tiles and lists fewer")
        # Taken once: the property builds a decoder at first use, which two threads must not do at the same time.
        self._decode = page.decode
        self._tables, self._header = page.jpegtables, page.jpegheader

    def read(self, box: Box) -> NDArray[np.uint8]:
        """Pixels of ``box``: shape ``(box.height, box.width, 3)``; white outside, and where a tile is left out."""
        pixels = np.full((box.height, box.width, 3), 255, np.uint8)
        inside = box.intersect(self.size.box())
        if inside.is_empty:
            return pixels
        for number, place in self._segments_under(inside):
            if not self._counts[number]:
                continue  # scanners leave out the tiles they did not scan
            shared = place.intersect(inside)
            segment = self._load(number, place)
            pixels[shared.within(box).slices] = segment[shared.within(place).slices]
        return pixels

    def _segments_under(self, inside: Box) -> Iterator[tuple[int, Box]]:
        """Number and place of every segment that shares pixels with ``inside``."""
        for piece in inside.pieces(self._segment):
            row, column = piece.top // self._segment.height, piece.left // self._segment.width
            place = self._segment.box().shift(
                row * self._segment.height, column * self._segment.width
            )
            yield row * self._columns + column, place

    def _load(self, number: int, place: Box) -> NDArray[np.uint8]:
        """One segment as RGB, from the cache or the file."""
        key = (self._number, number)
        segment = self._cache.get(key)
        if segment is None:
            try:
                segment = self._fetch(number)
            except _DECODING_ERRORS as error:
                raise TileUnreadable(
                    f"{self._file.name}: the tile at row {place.top}, column {place.left} of level {self._number} "
                    f"cannot be decoded ({error}); copy the file again from the scanner."
                ) from error
            self._cache.put(key, segment)
        return segment

    def _fetch(self, number: int) -> NDArray[np.uint8]:
        """Read and decode one segment; raises one of `_DECODING_ERRORS` where that fails."""
        data = self._file.at(self._offsets[number], self._counts[number])
        if len(data) < self._counts[number]:
            raise OSError(f"{len(data)} of {self._counts[number]} bytes are there")
        decoded, _, _ = self._decode(data, number, jpegtables=self._tables, jpegheader=self._header)
        if decoded is None:
            raise ValueError("it holds no pixels")
        return self._to_rgb(np.asarray(decoded)[0])

    def _to_rgb(self, samples: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """``(y, x, samples)`` as ``(y, x, 3)``: grey on all channels, transparency over white."""
        if self._colours == "inverted grey":
            samples = 255 - samples
        if self._colours != "RGB":
            return np.repeat(samples[..., :1], 3, axis=2)
        colours = samples[..., :3]
        if self._alpha is None:
            return np.ascontiguousarray(colours)
        alpha = samples[..., 3:4].astype(np.uint16)
        if self._alpha == tifffile.EXTRASAMPLE.UNASSALPHA:
            colours = ((colours * alpha + 127) // 255).astype(np.uint8)
        over_white: NDArray[np.uint8] = np.minimum(colours + (255 - alpha), 255).astype(np.uint8)
        return over_white


def _check_colours(page: tifffile.TiffPage) -> tuple[str, int | None]:
    """What the samples of a page mean, and the kind of its transparency; refuses what is not 8-bit RGB or grey."""
    colours = _COLOURS.get(page.photometric)
    if colours is None:
        raise ReaderRefused(f"stores colours as {_name(page.photometric)}, not as RGB or grey")
    if page.dtype != np.uint8:
        raise ReaderRefused(f"stores {page.dtype} samples, not 8-bit ones")
    expected = 3 if colours == "RGB" else 1
    if page.samplesperpixel < expected or (expected == 1 and page.samplesperpixel > 1):
        raise ReaderRefused(f"stores {page.samplesperpixel} channels of {colours}")
    if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE and page.samplesperpixel > 1:
        raise ReaderRefused("stores every colour in a plane of its own")
    if page.imagedepth > 1:
        raise ReaderRefused(f"is a volume of {page.imagedepth} planes")
    if page.photometric == tifffile.PHOTOMETRIC.YCBCR and page.compression not in _CONVERTS_COLOURS:
        raise ReaderRefused(f"stores YCbCr with {_name(page.compression)} compression")
    if page.compression not in tifffile.TIFF.DECOMPRESSORS:
        raise ReaderRefused(f"is compressed with {_name(page.compression)}, which has no decoder")
    has_alpha = expected == 3 and page.samplesperpixel == 4 and page.extrasamples
    alpha = page.extrasamples[0] if has_alpha else None
    return colours, alpha if alpha in (1, 2) else None


def _name(value: object) -> str:
    """A TIFF enumeration's name, or the number where it has none."""
    return str(getattr(value, "name", value))
