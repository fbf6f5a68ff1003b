"""Whether two readers give the same pixels, found out on a few tiles before the quicker one is trusted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import ReaderRefused, TileUnreadable
from pathoflow.slide.openslide import OpenSlideReader
from pathoflow.slide.tiff import TiffReader
from pathoflow.slide.tiffplane import TiffPlane
from pathoflow.space import Box, Size

#: Tiles that are compared; each costs a few milliseconds, a JPEG 2000 tile ten times that.
TILES = 16
#: Grey levels by which two decoders of one JPEG or JPEG 2000 stream may round apart; wrong colours are far beyond.
MOST_APART = 1


def check_parity(ours: TiffReader, theirs: OpenSlideReader) -> None:
    """Compare levels and `TILES` tiles, always the same ones of a file.

    The tiles are drawn evenly over the levels and, within each, from the half that takes the most bytes: blank glass
    looks alike in any colours. At levels whose factor is not whole OpenSlide's pixels are blends of neighbours, so there
    they must lie between ours.

    Raises
    ------
    ReaderRefused
        Levels differ, pixels differ by more than `MOST_APART`, or a tile cannot be read.
    """
    our_sizes, their_sizes = (
        [level.size for level in reader.info.levels] for reader in (ours, theirs)
    )
    if our_sizes != their_sizes:
        raise ReaderRefused(
            f"has levels of {_listed(our_sizes)} px where OpenSlide sees {_listed(their_sizes)}"
        )
    for number, box in _sample(ours.planes):
        try:
            mine, other = ours.read(number, box), theirs.read(number, box)
        except TileUnreadable as error:
            raise ReaderRefused(f"cannot be compared with OpenSlide: {error}") from error
        apart = _apart(mine, other) if theirs.is_exact(number) else _beyond(mine, other)
        if apart > MOST_APART:
            raise ReaderRefused(
                f"differs from OpenSlide by {apart} grey levels in the tile at row {box.top}, column {box.left} of "
                f"level {number}"
            )


def _sample(planes: list[TiffPlane]) -> Iterator[tuple[int, Box]]:
    """Level and place of the tiles to compare, coarse levels first: what they lack of tiles the finer ones give."""
    rng = np.random.default_rng(0)
    left = TILES
    for number in reversed(range(len(planes))):
        plane = planes[number]
        lengths = np.array([plane.bytes_of(n) for n in range(plane.grid.area)])
        stored = lengths[lengths > 0]
        rich = np.flatnonzero(lengths >= np.median(stored)) if stored.size else stored
        wanted = min(rich.size, -(-left // (number + 1)))
        left -= wanted
        for tile in rng.choice(rich, wanted, replace=False):
            yield number, plane.place_of(int(tile))


def _apart(mine: NDArray[np.uint8], other: NDArray[np.uint8]) -> int:
    """Largest difference of two pictures."""
    return int(np.abs(mine.astype(np.int16) - other).max())


def _beyond(mine: NDArray[np.uint8], other: NDArray[np.uint8]) -> int:
    """By how much ``other`` leaves the range of each pixel of ``mine`` and its neighbours; edges are left out."""
    from scipy import ndimage  # heavy, and most slides have whole factors

    window = (3, 3, 1)
    least = ndimage.minimum_filter(mine, window).astype(np.int16)
    most = ndimage.maximum_filter(mine, window).astype(np.int16)
    beyond = np.maximum(least - other, other - most)[1:-1, 1:-1]
    return max(0, int(beyond.max(initial=0)))


def _listed(sizes: list[Size]) -> str:
    return ", ".join(f"{size.height} x {size.width}" for size in sizes)
