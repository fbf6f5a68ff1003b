from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from pathoflow.errors import ReaderRefused
from pathoflow.slide.openslide import OpenSlideReader, open_with_openslide
from pathoflow.slide.parity import check_parity
from pathoflow.slide.tiff import TiffReader, open_with_tifffile
from pathoflow.space import Box

Write = Callable[..., Path]


@pytest.fixture
def svs(write_svs: Write) -> Path:
    """Levels of 30, 4 and 1 tiles; OpenSlide sees factors that are not whole."""
    return write_svs(compression="zlib")


def asked_of(reader: Any, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, Box]]:
    """What ``reader`` is asked for from now on."""
    asked: list[tuple[int, Box]] = []
    read = reader.read

    def watched(level: int, box: Box) -> NDArray[np.uint8]:
        asked.append((level, box))
        pixels: NDArray[np.uint8] = read(level, box)
        return pixels

    monkeypatch.setattr(reader, "read", watched)
    return asked


def spoil(
    reader: TiffReader | OpenSlideReader, level: int, by: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let ``reader`` add ``by`` grey levels to one pixel of every read of ``level``."""
    read = reader.read

    def spoilt(number: int, box: Box) -> NDArray[np.uint8]:
        pixels = read(number, box).copy()
        if number == level:
            middle = pixels[box.height // 2, box.width // 2, 1]
            pixels[box.height // 2, box.width // 2, 1] = (
                middle + by if middle < 128 else middle - by
            )
        return pixels

    monkeypatch.setattr(reader, "read", spoilt)


def test_sixteen_whole_tiles_are_read_each_once_and_always_the_same(
    svs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = []
    for _ in range(2):
        ours, theirs = open_with_tifffile(svs), open_with_openslide(svs)
        asked = asked_of(ours, monkeypatch)
        also = asked_of(theirs, monkeypatch)
        check_parity(ours, theirs)
        assert asked == also
        runs.append(asked)
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 16
    # Of four tiles and of one, the half with most bytes; the finest level gives the rest.
    assert Counter(level for level, _ in runs[0]) == {0: 13, 1: 2, 2: 1}
    assert all(box.top % 64 == box.left % 64 == 0 for _, box in runs[0])


def test_blank_tiles_are_not_drawn(write_tiff: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    pixels = np.full((640, 640, 3), 240, np.uint8)
    pixels[:, :320] = rng.integers(0, 255, (640, 320, 3))  # the left half of ten columns of tiles
    path = write_tiff(pixels, compression="zlib", description="Aperio")
    ours = open_with_tifffile(path)
    asked = asked_of(ours, monkeypatch)
    check_parity(ours, open_with_openslide(path))
    assert len(asked) == 16
    assert all(box.right <= 320 for _, box in asked)


@pytest.mark.parametrize("level", [0, 1, 2])
def test_one_wrong_pixel_is_found_at_every_level(
    svs: Path, level: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = open_with_tifffile(svs), open_with_openslide(svs)
    spoil(theirs, level, 90, monkeypatch)
    with pytest.raises(
        ReaderRefused, match=rf"differs from OpenSlide by \d+ grey .* level {level}"
    ):
        check_parity(ours, theirs)


@pytest.mark.parametrize(("by", "is_refused"), [(1, False), (2, True)])
def test_one_grey_level_is_rounding_and_two_are_not(
    svs: Path, by: int, is_refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = open_with_tifffile(svs), open_with_openslide(svs)
    spoil(ours, 0, by, monkeypatch)
    if not is_refused:
        check_parity(ours, theirs)
        return
    with pytest.raises(ReaderRefused, match="by 2 grey levels in the tile at row"):
        check_parity(ours, theirs)


def test_other_levels_than_openslide_sees_are_refused(
    tmp_path: Path, picture: NDArray[np.uint8]
) -> None:
    path = tmp_path / "odd.svs"
    with tifffile.TiffWriter(path) as tiff:
        for pixels in (picture, picture[:100, :60]):  # tiled, but no smaller copy: a label, say
            tiff.write(
                pixels, tile=(16, 16), photometric="rgb", description="Aperio", metadata=None
            )
    with pytest.raises(ReaderRefused, match=r"levels of 271 x 349 px where .* 271 x 349, 100 x 60"):
        check_parity(open_with_tifffile(path), open_with_openslide(path))


def test_a_tile_that_cannot_be_read_is_a_reason(svs: Path) -> None:
    with tifffile.TiffFile(svs) as tiff:
        page = tiff.pages[2]
        offset, count = page.dataoffsets[0], page.databytecounts[0]
    with svs.open("r+b") as file:
        file.seek(offset)
        file.write(b"\0" * count)
    with pytest.raises(
        ReaderRefused, match=r"cannot be compared with OpenSlide: case.svs: the tile"
    ):
        check_parity(open_with_tifffile(svs), open_with_openslide(svs))
