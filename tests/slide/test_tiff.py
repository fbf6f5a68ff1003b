from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from pathoflow.errors import ReaderRefused
from pathoflow.slide import SlideReader
from pathoflow.slide.openslide import open_with_openslide
from pathoflow.slide.tiff import open_with_tifffile
from pathoflow.space import Mpp, Size
from pathoflow.testing import SlideReaderContract

Write = Callable[..., Path]


class TestTiledPyramid(SlideReaderContract):
    options: dict[str, Any] = {"compression": "zlib"}  # noqa: RUF012  never changed

    @pytest.fixture
    def reader(self, write_tiff: Write, picture: NDArray[np.uint8]) -> Iterator[SlideReader]:
        path = write_tiff(picture, picture[::2, ::2], picture[::8, ::8], **self.options)
        reader = open_with_tifffile(path)
        yield reader
        reader.close()

    @pytest.fixture
    def expected(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return picture


class TestBigTiff(TestTiledPyramid):
    options = {"bigtiff": True, "tile": (32, 48)}  # noqa: RUF012


class TestStriped(TestTiledPyramid):
    options = {"tile": None, "rowsperstrip": 17, "compression": "lzw"}  # noqa: RUF012


class TestOmeTiffWithSubIfds(SlideReaderContract):
    @pytest.fixture
    def reader(self, tmp_path: Path, picture: NDArray[np.uint8]) -> Iterator[SlideReader]:
        reader = open_with_tifffile(write_ome(tmp_path, picture))
        yield reader
        reader.close()

    @pytest.fixture
    def expected(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return picture


def write_ome(folder: Path, picture: NDArray[np.uint8]) -> Path:
    path = folder / "slide.ome.tif"
    sizes = {"PhysicalSizeY": 0.5, "PhysicalSizeX": 0.25, "PhysicalSizeXUnit": "µm"}
    with tifffile.TiffWriter(path, ome=True) as tiff:
        metadata = {"axes": "YXS", **sizes}
        tiff.write(picture, subifds=2, tile=(64, 64), photometric="rgb", metadata=metadata)
        for step in (2, 4):
            tiff.write(picture[::step, ::step], subfiletype=1, tile=(64, 64), photometric="rgb")
    return path


def test_an_ome_tiff_shows_its_pyramid_and_physical_size(
    tmp_path: Path, picture: NDArray[np.uint8]
) -> None:
    info = open_with_tifffile(write_ome(tmp_path, picture)).info
    assert [level.scale_y for level in info.levels] == [1, 2, 4]
    assert info.mpp == Mpp(y=0.5, x=0.25)
    assert info.vendor == "ome-tiff"


def test_jpeg_tiles_decode_to_the_pixels_that_openslide_gives(
    write_tiff: Write, picture: NDArray[np.uint8]
) -> None:
    path = write_tiff(picture, compression="jpeg")
    box = Size(271, 349).box()
    ours, theirs = open_with_tifffile(path).read(0, box), open_with_openslide(path).read(0, box)
    assert np.abs(ours.astype(int) - theirs).max() <= 1


def test_an_aperio_file_gives_its_scale_without_openslide(write_svs: Write) -> None:
    info = open_with_tifffile(write_svs()).info
    assert (info.vendor, info.mpp, info.objective_power) == ("aperio", Mpp.square(0.25), 40)


def test_label_and_macro_pages_are_no_levels(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    path = tmp_path / "slide.tiff"
    with tifffile.TiffWriter(path) as tiff:
        tiff.write(picture, tile=(64, 64), photometric="rgb")
        tiff.write(picture[::2, ::2], photometric="rgb")  # a striped thumbnail
        tiff.write(picture[::2, ::2], tile=(64, 64), photometric="rgb")
        tiff.write(picture[:100, :60], tile=(16, 16), photometric="rgb")  # a label, tall
        tiff.write(picture[:40, :140], tile=(16, 16), photometric="rgb")  # a macro, wide
    assert len(open_with_tifffile(path).info.levels) == 2


@pytest.mark.parametrize(
    ("pixels", "options", "reason"),
    [
        (np.zeros((64, 64), np.uint16), {"photometric": "minisblack"}, "uint16"),
        (np.zeros((3, 64, 64), np.uint8), {"planarconfig": "separate"}, "plane of its own"),
        (
            np.zeros((64, 64), np.uint8),
            {"photometric": "palette", "colormap": np.zeros((3, 256), np.uint16)},
            "PALETTE",
        ),
    ],
)
def test_other_kinds_of_picture_are_refused_with_the_reason(
    write_tiff: Write, pixels: NDArray[Any], options: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ReaderRefused, match=reason):
        open_with_tifffile(write_tiff(pixels, **options))


def test_a_stack_of_channels_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "stack.ome.tif"
    tifffile.imwrite(path, np.zeros((4, 64, 64), np.uint8), ome=True, metadata={"axes": "CYX"})
    with pytest.raises(ReaderRefused, match="4 planes"):
        open_with_tifffile(path)


def test_an_unknown_compression_is_refused_when_opening(write_tiff: Write, picture: Any) -> None:
    path = write_tiff(picture)
    with tifffile.TiffFile(path, mode="r+") as tiff:
        tiff.pages.first.tags["Compression"].overwrite(52_479)
    with pytest.raises(ReaderRefused, match="52479"):
        open_with_tifffile(path)


@pytest.mark.parametrize("content", [b"", b"II*\0", b"II*\0\xff\xff\0\0", b"hello there, no tiff"])
def test_what_is_no_tiff_is_refused_and_nothing_else(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "case.tif"
    path.write_bytes(content)
    with pytest.raises(ReaderRefused) as refusal:
        open_with_tifffile(path)
    assert "header=" not in str(refusal.value)


def test_a_painted_slide_says_so(write_tiff: Write, picture: NDArray[np.uint8]) -> None:
    path = write_tiff(picture, software="pathoflow phantom 0.1")
    assert open_with_tifffile(path).info.is_synthetic
