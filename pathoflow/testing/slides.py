"""What every slide reader must keep, as tests to inherit.

class TestMyReader(SlideReaderContract):
    @pytest.fixture
    def reader(self, tmp_path): ...            # an open reader
    @pytest.fixture
    def expected(self): ...                    # level 0, (y, x, 3) uint8, or None if nobody knows it
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pathoflow.slide import Level, SlideInfo, SlideReader
from pathoflow.space import Box, Mpp, Size

_IDENTIFYING = ("label", "macro", "barcode", "patient", "filename", "user", "date", "time")


class ArrayReader:
    """A reader of pixels that are in memory already, for tests that need a slide and no file.

    Parameters
    ----------
    pixels
        Level 0: ``(y, x, 3)``, uint8.
    mpp
        What the header would say.
    factors
        Whole factors of the coarser levels; each level is the mean over blocks, and what is left over is cut off.
    """

    def __init__(
        self,
        pixels: NDArray[np.uint8],
        mpp: Mpp | None = None,
        factors: tuple[int, ...] = (),
        path: Path = Path("array.tiff"),
    ) -> None:
        self._levels = [pixels, *(_shrink(pixels, factor) for factor in factors)]
        levels = tuple(
            Level(Size(*level.shape[:2]), float(factor), float(factor))
            for factor, level in zip((1, *factors), self._levels, strict=True)
        )
        self._info = SlideInfo(path, "array", "array", levels[0].size, levels, mpp)

    @property
    def info(self) -> SlideInfo:
        """Sizes and scale as given."""
        return self._info

    def read(self, level: int, box: Box) -> NDArray[np.uint8]:
        """Pixels of ``box`` of ``level``; white outside."""
        pixels = np.full((box.height, box.width, 3), 255, np.uint8)
        inside = box.intersect(self._info.levels[level].size.box())
        pixels[inside.within(box).slices] = self._levels[level][inside.slices]
        return pixels

    def close(self) -> None:
        """Nothing to let go of."""


def _shrink(pixels: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    height, width = (side // factor for side in pixels.shape[:2])
    blocks = pixels[: height * factor, : width * factor].reshape(height, factor, width, factor, 3)
    mean: NDArray[np.uint8] = np.rint(blocks.mean(axis=(1, 3))).astype(np.uint8)
    return mean


class SlideReaderContract:
    """Inherit, and give the fixtures ``reader`` and ``expected``.

    ``tolerance`` is the largest difference in grey levels allowed between ``expected`` and what is read: 0 for lossless
    formats.
    """

    tolerance = 0

    @pytest.fixture
    def reader(self) -> Iterator[SlideReader]:
        """An open reader of a slide of at least 64 pixels on each side."""
        raise NotImplementedError("give a fixture 'reader'")

    @pytest.fixture
    def expected(self) -> NDArray[np.uint8] | None:
        """Level 0 as it was before it was written, or None."""
        return None

    def test_is_a_slide_reader(self, reader: SlideReader) -> None:
        """The protocol's three names are there."""
        assert isinstance(reader, SlideReader)

    def test_levels_go_from_fine_to_coarse(self, reader: SlideReader) -> None:
        """Level 0 is the slide; every further level is smaller."""
        levels = reader.info.levels
        assert levels[0].size == reader.info.size
        assert (levels[0].scale_y, levels[0].scale_x) == (1.0, 1.0)
        for finer, coarser in pairwise(levels):
            assert coarser.scale_y > finer.scale_y
            assert coarser.scale_x > finer.scale_x
            assert coarser.size.area < finer.size.area

    def test_level_sizes_match_their_scales(self, reader: SlideReader) -> None:
        """A level times its scale is the slide, but for one pixel of that level."""
        for level in reader.info.levels:
            full = reader.info.size
            assert abs(level.size.height * level.scale_y - full.height) <= level.scale_y
            assert abs(level.size.width * level.scale_x - full.width) <= level.scale_x

    def test_pixels_are_rows_columns_and_three_bytes(self, reader: SlideReader) -> None:
        """Shape and type, for a box that is no square."""
        for number in range(len(reader.info.levels)):
            pixels = reader.read(number, Box(1, 2, 7, 5))
            assert pixels.shape == (7, 5, 3)
            assert pixels.dtype == np.uint8

    def test_an_empty_box_gives_no_pixels(self, reader: SlideReader) -> None:
        """A box without area is answered, not refused."""
        assert reader.read(0, Box(3, 3, 0, 4)).shape == (0, 4, 3)

    def test_level_0_is_what_was_written(
        self, reader: SlideReader, expected: NDArray[np.uint8] | None
    ) -> None:
        """Every pixel at its place, in RGB."""
        if expected is None:
            pytest.skip("nobody knows the pixels of this slide")
        found = reader.read(0, reader.info.size.box()).astype(int)
        assert np.abs(found - expected).max() <= self.tolerance

    def test_outside_is_white(self, reader: SlideReader) -> None:
        """Above, below, left and right of every level."""
        for number, level in enumerate(reader.info.levels):
            height, width = level.size.shape
            grown = reader.read(number, level.size.box().grow(3))
            assert (grown[:3] == 255).all()
            assert (grown[height + 3 :] == 255).all()
            assert (grown[:, :3] == 255).all()
            assert (grown[:, width + 3 :] == 255).all()
            assert (reader.read(number, Box(-900, -900, 4, 4)) == 255).all()
            assert (reader.read(number, Box(height + 9, width + 9, 4, 4)) == 255).all()

    def test_pieces_put_together_are_the_whole(self, reader: SlideReader) -> None:
        """Pixels depend on their place only, never on the box they are read with."""
        for number, level in enumerate(reader.info.levels):
            box = _middle(level.size, 180)
            whole = reader.read(number, box)
            for piece in box.pieces(Size(37, 53)):
                part = reader.read(number, piece)
                assert np.array_equal(part, whole[piece.within(box).slices])

    def test_eight_threads_read_what_one_reads(self, reader: SlideReader) -> None:
        """One reader serves many threads at once."""
        box = _middle(reader.info.size, 120)
        pieces = list(box.pieces(Size(41, 41))) * 3
        alone = [reader.read(0, piece) for piece in pieces]
        with ThreadPoolExecutor(8) as threads:
            together = list(threads.map(lambda piece: reader.read(0, piece), pieces))
        assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))

    def test_what_is_read_may_be_painted_on(self, reader: SlideReader) -> None:
        """The array belongs to the caller: writing to it changes no later read."""
        box = Box(0, 0, 16, 16)
        first = reader.read(0, box)
        before = first.copy()
        first[:] = 7
        assert np.array_equal(reader.read(0, box), before)

    def test_info_names_no_person_label_or_day(self, reader: SlideReader) -> None:
        """Header entries are safe to show."""
        for name in reader.info.properties:
            assert not any(word in name.lower() for word in _IDENTIFYING), name

    def test_closing_twice_is_fine(self, reader: SlideReader) -> None:
        """Close is idempotent."""
        reader.close()
        reader.close()


def _middle(size: Size, side: int) -> Box:
    """A box of at most ``side`` pixels around the middle, not aligned to anything."""
    height, width = min(side, size.height), min(side, size.width)
    return Box((size.height - height) // 2, (size.width - width) // 2, height, width)
