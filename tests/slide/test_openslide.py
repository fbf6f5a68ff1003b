from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import openslide
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from pathoflow.errors import ReaderRefused, TileUnreadable, UsageError
from pathoflow.slide import SlideReader
from pathoflow.slide.openslide import OpenSlideReader, open_with_openslide
from pathoflow.space import Box, Mpp, Size
from pathoflow.testing import SlideReaderContract


class TestAperio(SlideReaderContract):
    """Levels of 271 x 349, 68 x 88 and 17 x 22 px: factors that are not whole to OpenSlide."""

    @pytest.fixture
    def reader(self, write_svs: Callable[..., Path]) -> Iterator[SlideReader]:
        reader = open_with_openslide(write_svs())
        yield reader
        reader.close()

    @pytest.fixture
    def expected(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return picture


class TestGenericJpegTiff(SlideReaderContract):
    tolerance = 12

    @pytest.fixture
    def reader(
        self, write_tiff: Callable[..., Path], picture: NDArray[np.uint8]
    ) -> Iterator[SlideReader]:
        # Whole tiles: the encoder's padding would colour the last columns of others.
        whole = picture[:256, :320]
        levels = (whole, whole[::2, ::2])
        reader = open_with_openslide(write_tiff(*levels, compression="jpeg"))
        yield reader
        reader.close()

    @pytest.fixture
    def expected(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return picture[:256, :320]


def test_the_header_of_an_aperio_slide_is_understood(write_svs: Callable[..., Path]) -> None:
    info = open_with_openslide(write_svs()).info
    assert info.vendor == "aperio"
    assert info.mpp == Mpp.square(0.25)
    assert info.objective_power == 40
    assert info.size == Size(271, 349)
    assert [level.scale_y for level in info.levels] == [1, 4, 16]
    assert not info.is_synthetic


def test_who_scanned_it_and_when_is_left_behind(write_svs: Callable[..., Path]) -> None:
    shown = str(open_with_openslide(write_svs()).info.properties)
    assert "jane" not in shown
    assert "01/02/03" not in shown


@pytest.mark.parametrize("dpi", [72, 96, 300])
def test_a_screen_resolution_is_no_scale(
    write_tiff: Callable[..., Path], picture: NDArray[np.uint8], dpi: int
) -> None:
    path = write_tiff(picture, resolution=(dpi, dpi), resolutionunit="INCH")
    assert "openslide.mpp-x" in openslide.OpenSlide(path).properties
    assert open_with_openslide(path).info.mpp is None


def test_a_scanner_resolution_is_a_scale(
    write_tiff: Callable[..., Path], picture: NDArray[np.uint8]
) -> None:
    path = write_tiff(picture, resolution=(20_000, 40_000), resolutionunit="CENTIMETER")
    mpp = open_with_openslide(path).info.mpp
    # 10,000 µm per centimetre; tifffile takes the resolution of x first.
    assert mpp == Mpp(y=0.25, x=0.5)


def test_a_painted_slide_says_so(
    write_tiff: Callable[..., Path], picture: NDArray[np.uint8]
) -> None:
    assert open_with_openslide(
        write_tiff(picture, software="pathoflow phantom 0.1")
    ).info.is_synthetic


def test_a_striped_tiff_is_refused_with_a_reason(
    write_tiff: Callable[..., Path], picture: NDArray[np.uint8]
) -> None:
    with pytest.raises(ReaderRefused, match="not a format that OpenSlide knows"):
        open_with_openslide(write_tiff(picture, tile=None))


def test_one_pixel_is_the_same_in_every_read_of_a_level_with_a_fractional_factor(
    write_tiff: Callable[..., Path],
) -> None:
    # 1999 / 999 = 2.001: OpenSlide's place of column 900 is off by a fraction that depends on where a read begins.
    rng = np.random.default_rng(1)
    full = rng.integers(0, 256, (70, 1999, 3), dtype=np.uint8)
    reader = open_with_openslide(write_tiff(full, full[::2, :1998:2]))
    assert not openslide.OpenSlide(reader.info.path).level_downsamples[1].is_integer()
    whole = reader.read(1, Box(0, 0, 35, 999))
    for left in (1, 333, 511, 512, 700, 901):
        assert np.array_equal(reader.read(1, Box(3, left, 20, 60)), whole[3:23, left : left + 60])


class FakeHandle:
    """Stands for OpenSlide: transparent where it did not scan, and poisoned once it met the bad column 100."""

    opened = 0
    background = "F0E8F0"

    def __init__(self, path: Path) -> None:
        type(self).opened += 1
        self.poisoned = False
        self.level_dimensions = ((200, 60),)
        self.level_downsamples = (1.0,)
        self.properties = {
            "openslide.vendor": "mirax",
            "openslide.background-color": self.background,
        }
        self.properties |= {
            f"openslide.bounds-{n}": v
            for n, v in {"x": "5", "y": "6", "width": "70", "height": "40"}.items()
        }

    def read_region(self, location: tuple[int, int], _: int, size: tuple[int, int]) -> Image.Image:
        x, width = location[0], size[0]
        self.poisoned = self.poisoned or x <= 100 < x + width
        if self.poisoned:
            raise openslide.OpenSlideError("Not a JPEG file: starts with 0x00 0x00")
        rgba = np.zeros((size[1], width, 4), np.uint8)
        rgba[:, : width // 2] = (10, 20, 30, 255)
        return Image.fromarray(rgba)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> OpenSlideReader:
    FakeHandle.opened = 0
    monkeypatch.setattr("openslide.OpenSlide", FakeHandle)
    return open_with_openslide(Path("case.mrxs"))


def test_what_was_not_scanned_shows_the_glass_that_the_header_declares(fake: Any) -> None:
    pixels = fake.read(0, Box(0, 0, 4, 10))
    assert (pixels[:, :5] == (10, 20, 30)).all()
    assert (pixels[:, 5:] == (0xF0, 0xE8, 0xF0)).all()


@pytest.mark.parametrize("declared", ["000000", "808080", "", "sky"])
def test_a_dark_or_senseless_background_is_replaced_by_white(
    declared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeHandle, "background", declared)
    monkeypatch.setattr("openslide.OpenSlide", FakeHandle)
    pixels = open_with_openslide(Path("case.mrxs")).read(0, Box(0, 0, 4, 10))
    assert (pixels[:, 5:] == 255).all()


def test_the_scanned_part_is_known(fake: Any) -> None:
    assert fake.info.bounds == Box(top=6, left=5, height=40, width=70)


def test_a_bad_tile_is_tried_twice_and_does_not_poison_the_next_read(fake: Any) -> None:
    good = fake.read(0, Box(0, 0, 4, 8))
    with pytest.raises(TileUnreadable, match=r"case.mrxs: 4 x 8 px at row 0, column 96 .* copy"):
        fake.read(0, Box(0, 96, 4, 8))
    assert FakeHandle.opened == 2
    assert np.array_equal(fake.read(0, Box(0, 0, 4, 8)), good)


def test_threads_with_good_tiles_survive_a_thread_with_a_bad_one(fake: Any) -> None:
    def read(number: int) -> str:
        try:
            fake.read(0, Box(0, 96 if number % 4 == 0 else 8, 4, 8))
        except TileUnreadable:
            return "bad"
        return "good"

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(read, range(80)))
    assert found == ["bad" if number % 4 == 0 else "good" for number in range(80)]


def test_reading_from_a_closed_slide_is_told_plainly(fake: Any) -> None:
    fake.close()
    with pytest.raises(UsageError, match=r"case.mrxs is closed"):
        fake.read(0, Box(0, 0, 4, 4))


def test_a_damaged_tile_of_a_real_file_is_met(
    write_svs: Callable[..., Path], picture: NDArray[np.uint8]
) -> None:
    path = write_svs(compression="zlib")
    with tifffile.TiffFile(path) as tiff:
        offset, count = tiff.pages.first.dataoffsets[0], tiff.pages.first.databytecounts[0]
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(b"\0" * count)
    reader = open_with_openslide(path)
    with pytest.raises(TileUnreadable, match="column 0 of level 0"):
        reader.read(0, Box(0, 0, 10, 10))
    assert np.array_equal(reader.read(0, Box(100, 100, 9, 9)), picture[100:109, 100:109])


@pytest.mark.real_slides
@pytest.mark.skipif("PATHOFLOW_REAL_SLIDES" not in os.environ, reason="needs a folder of slides")
def test_real_slides_read_or_are_refused_with_a_reason() -> None:
    for path in sorted(Path(os.environ["PATHOFLOW_REAL_SLIDES"]).iterdir()):
        if not path.is_file():
            continue
        try:
            reader = open_with_openslide(path)
        except ReaderRefused:
            continue
        coarsest = len(reader.info.levels) - 1
        assert reader.read(coarsest, Box(0, 0, 64, 64)).shape == (64, 64, 3)
