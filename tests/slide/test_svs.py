from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import openslide
import pytest
import tifffile
from numpy.typing import NDArray

from pathoflow.errors import ReaderRefused, UsageError
from pathoflow.slide import SlideReader
from pathoflow.slide.openslide import open_with_openslide
from pathoflow.slide.svs import open_svs
from pathoflow.space import Box, Mpp
from pathoflow.testing import SlideReaderContract

Write = Callable[..., Path]


class TestSvs(SlideReaderContract):
    """Levels of 271 x 349, 68 x 88 and 17 x 22 px: factors that are not whole to OpenSlide."""

    @pytest.fixture
    def reader(self, write_svs: Write) -> Iterator[SlideReader]:
        reader = open_svs(write_svs())
        yield reader
        reader.close()

    @pytest.fixture
    def expected(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return picture


def leave_out(path: Path, page: int, numbers: tuple[int, ...]) -> None:
    """Make a file's tiles of no length, as scanners do."""
    with tifffile.TiffFile(path, mode="r+") as tiff:
        counts = list(tiff.pages[page].databytecounts)
        for number in numbers:
            counts[number] = 0
        tiff.pages[page].tags["TileByteCounts"].overwrite(counts)


@pytest.fixture
def whole_factors(write_tiff: Write, picture: NDArray[np.uint8]) -> Path:
    """An Aperio slide of 256 x 320, 128 x 160 and 64 x 80 px in JPEG: factors of exactly 2 and 4."""
    full = picture[:256, :320]
    return write_tiff(
        full,
        full[::2, ::2],
        full[::4, ::4],
        name="whole.svs",
        description="Aperio Image Library v11\r\n|AppMag = 20|MPP = 0.5",
        compression="jpeg",
        tile=(32, 32),
    )


def test_every_level_holds_the_pixels_of_openslide(whole_factors: Path) -> None:
    ours, theirs = open_svs(whole_factors), open_with_openslide(whole_factors)
    for number, level in enumerate(ours.info.levels):
        box = level.size.box().grow(5)
        assert np.array_equal(ours.read(number, box), theirs.read(number, box))


def test_the_header_says_what_openslide_says(write_svs: Write) -> None:
    path = write_svs(iccprofile=b"\0" * 140)
    ours, theirs = open_svs(path).info, open_with_openslide(path).info
    assert ours.reader == "svs"
    assert (ours.vendor, ours.size, ours.levels) == ("aperio", theirs.size, theirs.levels)
    assert (ours.mpp, ours.objective_power) == (Mpp.square(0.25), 40)
    assert ours.properties == {**theirs.properties, "tiff.compression": "none"}
    assert ours.properties["openslide.icc-size"] == "140"


def test_left_out_tiles_and_those_above_them_are_drawn_as_openslide_draws_them(
    whole_factors: Path,
) -> None:
    leave_out(whole_factors, 0, (0, 23, 24))
    leave_out(whole_factors, 1, (7,))
    ours, theirs = open_svs(whole_factors), open_with_openslide(whole_factors)
    assert (ours.read(0, Box(0, 0, 32, 32)) == 255).all()
    for number, level in enumerate(ours.info.levels):
        box = level.size.box()
        assert np.array_equal(ours.read(number, box), theirs.read(number, box))
    # Tile 7 lies in row 1, column 2 of level 1, which has five columns; level 0 shows what is there.
    drawn = ours.read(1, Box(34, 66, 28, 28)).astype(int)
    finer = ours.read(0, Box(68, 132, 56, 56)).reshape(28, 2, 28, 2, 3).mean(axis=(1, 3))
    assert np.abs(drawn - finer).max() < 12


def test_a_damaged_tile_above_one_that_is_left_out_is_never_decoded(whole_factors: Path) -> None:
    leave_out(whole_factors, 0, (0,))
    with tifffile.TiffFile(whole_factors) as tiff:
        offset, count = tiff.pages[1].dataoffsets[0], tiff.pages[1].databytecounts[0]
    with whole_factors.open("r+b") as file:
        file.seek(offset)
        file.write(b"\0" * count)
    box = Box(0, 0, 40, 40)
    theirs = open_with_openslide(whole_factors).read(1, box)
    assert np.array_equal(open_svs(whole_factors).read(1, box), theirs)


def test_a_closed_slide_tells_so_plainly(whole_factors: Path) -> None:
    leave_out(whole_factors, 1, (7,))
    reader = open_svs(whole_factors)
    reader.close()
    with pytest.raises(UsageError, match=r"whole.svs is closed"):
        reader.read(1, Box(0, 0, 4, 4))


def test_other_slides_are_refused(write_tiff: Write, picture: NDArray[np.uint8]) -> None:
    with pytest.raises(ReaderRefused, match="not an Aperio slide"):
        open_svs(write_tiff(picture))


@pytest.mark.real_slides
@pytest.mark.skipif("PATHOFLOW_REAL_SLIDES" not in os.environ, reason="needs a folder of slides")
def test_real_aperio_slides_hold_the_pixels_of_openslide() -> None:
    found = 0
    for path in sorted(Path(os.environ["PATHOFLOW_REAL_SLIDES"]).glob("*.svs")):
        if openslide.OpenSlide.detect_format(path) != "aperio":
            continue
        found += 1
        ours, theirs = open_svs(path), open_with_openslide(path)
        size = ours.info.size
        box = Box(size.height // 2, size.width // 2, 1500, 1500)
        apart = np.abs(ours.read(0, box).astype(int) - theirs.read(0, box)).max()
        assert apart <= 1
    assert found > 0
