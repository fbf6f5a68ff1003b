"""Finds TIFF-like slides that were cut off while being copied, without decoding a pixel.

A TIFF lists where every tile lies and how long it is. A list that points past the end of the file means that the file
should be longer. This walks those lists itself, because the libraries either fail with words nobody understands or,
worse, open the file and deliver what is left of it.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import Code, SlideUnreadable

# TIFF 6.0 and BigTIFF field types that count or point: type number to numpy kind.
_WHOLE_NUMBERS = {1: "u1", 3: "u2", 4: "u4", 13: "u4", 16: "u8", 18: "u8"}
_TYPE_BYTES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
# Pairs of tags that hold places and lengths: strips and tiles.
_PLACES_AND_LENGTHS = ((273, 279), (324, 325))
_SUB_IFDS = 330
_NDPI_MARK = 65420
#: No scanner writes more directories; a longer chain is a loop or no TIFF.
_MOST_DIRECTORIES = 10_000


def check_complete(path: Path) -> None:
    """Raise if ``path`` is a TIFF-like file that lists more bytes than it holds; other files pass.

    Raises
    ------
    SlideUnreadable
        With code ``SLIDE_CORRUPT``: the file was cut off.
    """
    with path.open("rb") as file:
        holds = os.fstat(file.fileno()).st_size
        layout = _layout(file.read(16))
        if layout is None:
            return
        needs = max((end for end in _ends(_Walker(file, holds, layout))), default=0)
    if needs > holds:
        raise SlideUnreadable(
            f"{path.name} is truncated: it should hold at least {needs} bytes and holds {holds}; "
            "copy it again from the scanner.",
            Code.SLIDE_CORRUPT,
        )


@dataclass(frozen=True, slots=True)
class _Layout:
    """Byte order and widths of one TIFF dialect; ``first`` is where its first directory lies."""

    order: str
    first: int
    count: str
    entry_count: str
    offset: str

    @property
    def entry_bytes(self) -> int:
        return 4 + struct.calcsize(self.entry_count) + struct.calcsize(self.offset)


def _layout(head: bytes) -> _Layout | None:
    """The dialect that the first bytes announce, or None if they are not a TIFF's."""
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 8:
        return None
    version = struct.unpack(f"{order}H", head[2:4])[0]
    if version == 42:
        return _Layout(order, struct.unpack(f"{order}I", head[4:8])[0], "H", "I", "I")
    if version == 43 and len(head) == 16:
        return _Layout(order, struct.unpack(f"{order}Q", head[8:16])[0], "Q", "Q", "Q")
    return None


class _PastTheEnd(Exception):
    """A finding, not a fault: something to be read ends at byte ``end``, where the file is already over."""

    def __init__(self, end: int) -> None:
        super().__init__(end)
        self.end = end


@dataclass(frozen=True, slots=True)
class _Walker:
    """Reads whole numbers from one TIFF."""

    file: BinaryIO
    holds: int
    layout: _Layout

    def bytes_at(self, offset: int, count: int) -> bytes:
        if offset + count > self.holds:
            raise _PastTheEnd(offset + count)
        self.file.seek(offset)
        return self.file.read(count)

    def number(self, kind: str, data: bytes) -> int:
        return int(struct.unpack_from(self.layout.order + kind, data)[0])

    def directory(self, offset: int) -> tuple[dict[int, bytes], int]:
        """Entries of the directory at ``offset`` by tag, and where the next one lies (0: it is the last)."""
        head = struct.calcsize(self.layout.count)
        count = self.number(self.layout.count, self.bytes_at(offset, head))
        size = self.layout.entry_bytes
        table = self.bytes_at(offset + head, count * size)
        entries = [table[at : at + size] for at in range(0, len(table), size)]
        after = offset + head + count * size
        follow = self.bytes_at(after, struct.calcsize(self.layout.offset))
        return {self.number("H", e): e for e in entries}, self.number(self.layout.offset, follow)

    def values(self, entry: bytes | None) -> NDArray[np.uint64]:
        """The whole numbers of a directory entry; none where it is absent or of another type."""
        nothing = np.zeros(0, np.uint64)
        if entry is None:
            return nothing
        kind = self.number("H", entry[2:])
        if kind not in _WHOLE_NUMBERS:
            return nothing
        count = self.number(self.layout.entry_count, entry[4:])
        width = struct.calcsize(self.layout.offset)
        inline = entry[-width:]
        length = count * _TYPE_BYTES[kind]
        data = (
            inline[:length]
            if length <= width
            else self.bytes_at(self.number(self.layout.offset, inline), length)
        )
        return np.frombuffer(data, f"{self.layout.order}{_WHOLE_NUMBERS[kind]}").astype(np.uint64)


def _ends(walker: _Walker) -> Iterator[int]:
    """Ends, in bytes from the file's start, of what the file says it holds."""
    waiting, seen = [walker.layout.first], set[int]()
    while waiting and len(seen) < _MOST_DIRECTORIES:
        offset = waiting.pop()
        if offset == 0 or offset in seen:
            continue
        seen.add(offset)
        try:
            entries, follow = walker.directory(offset)
            yield from _segment_ends(walker, entries)
            waiting.extend(int(sub) for sub in walker.values(entries.get(_SUB_IFDS)))
        except _PastTheEnd as finding:
            yield finding.end
            continue
        # NDPI files above 4 GB keep the upper half of every offset elsewhere. What the lower half says of tiles is
        # still a lower bound, but a chain of directories cannot be followed by it.
        if _NDPI_MARK not in entries or walker.holds < 1 << 32:
            waiting.append(follow)


def _segment_ends(walker: _Walker, entries: dict[int, bytes]) -> Iterator[int]:
    """The furthest end of the tiles and of the strips of one directory."""
    for places_tag, lengths_tag in _PLACES_AND_LENGTHS:
        places = walker.values(entries.get(places_tag))
        lengths = walker.values(entries.get(lengths_tag))
        shared = min(places.size, lengths.size)
        held = (
            lengths[:shared] > 0
        )  # tiles that were not scanned have no length, and a place that means nothing
        if held.any():
            yield int((places[:shared][held] + lengths[:shared][held]).max())
