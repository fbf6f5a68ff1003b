from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from pathoflow.errors import TileUnreadable, UsageError
from pathoflow.slide.tiff import open_with_tifffile
from pathoflow.slide.tiffplane import FileBytes, SegmentCache, TiffPlane
from pathoflow.space import Box

Write = Callable[..., Path]


@pytest.fixture
def open_plane() -> Any:
    """Open level 0 of a file; every handle is closed at the end."""
    files: list[FileBytes] = []

    def open_it(path: Path) -> TiffPlane:
        files.append(FileBytes(path))
        with tifffile.TiffFile(path) as tiff:
            return TiffPlane(tiff.pages.first, 0, files[-1], SegmentCache())

    yield open_it
    for file in files:
        file.close()


def segment_of(path: Path, number: int) -> tuple[int, int]:
    with tifffile.TiffFile(path) as tiff:
        page = tiff.pages.first
        return page.dataoffsets[number], page.databytecounts[number]


def test_only_the_tiles_under_the_box_are_read(
    write_tiff: Write, picture: NDArray[np.uint8], open_plane: Any, monkeypatch: Any
) -> None:
    path = write_tiff(picture)  # 5 rows of 6 tiles of 64 px
    plane = open_plane(path)
    asked: list[int] = []
    at = FileBytes.at
    monkeypatch.setattr(
        FileBytes,
        "at",
        lambda self, o, n: asked.append(o) or at(self, o, n),  # type: ignore[func-returns-value]
    )
    plane.read(Box(60, 130, 10, 20))  # across rows 0 and 1, inside column 2
    assert asked == [segment_of(path, 2)[0], segment_of(path, 8)[0]]


def test_tiles_that_were_used_last_are_not_decoded_again(
    write_tiff: Write, picture: NDArray[np.uint8], open_plane: Any
) -> None:
    path = write_tiff(picture)
    plane = open_plane(path)
    first = plane.read(Box(0, 0, 30, 30))
    with path.open("r+b") as file:
        file.seek(segment_of(path, 0)[0])
        file.write(b"\0" * 1000)
    assert np.array_equal(plane.read(Box(0, 0, 30, 30)), first)


def test_tiles_that_were_wanted_as_a_whole_are_not_kept(
    write_tiff: Write, picture: NDArray[np.uint8], open_plane: Any, monkeypatch: Any
) -> None:
    path = write_tiff(picture)
    plane = open_plane(path)
    kept: list[tuple[int, int]] = []
    monkeypatch.setattr(SegmentCache, "put", lambda self, key, segment: kept.append(key))
    plane.read(Box(0, 0, 128, 64))
    plane.read(Box(256, 320, 64, 64))  # the last tile, which ends beyond the image
    assert kept == []
    plane.read(Box(64, 10, 64, 64))
    assert kept == [(0, 6), (0, 7)]


def test_tiles_can_be_taken_for_left_out(
    write_tiff: Write, picture: NDArray[np.uint8], open_plane: Any
) -> None:
    plane = open_plane(write_tiff(picture))  # 5 rows of 6 tiles of 64 px
    plane.leave_out([7, 29])
    assert plane.gaps == {7, 29}
    assert plane.bytes_of(7) == 0
    assert plane.bytes_of(8) == 64 * 64 * 3
    assert list(plane.gaps_under(Box(100, 100, 200, 400))) == [
        Box(100, 100, 28, 28),
        Box(256, 320, 15, 29),
    ]
    assert plane.place_of(29) == Box(256, 320, 15, 29)
    found = plane.read(Box(60, 60, 80, 80))
    assert (found[4:68, 4:68] == 255).all()
    found[4:68, 4:68] = picture[64:128, 64:128]
    assert np.array_equal(found, picture[60:140, 60:140])


def test_tiles_that_were_left_out_are_white(
    write_tiff: Write, picture: NDArray[np.uint8], open_plane: Any
) -> None:
    path = write_tiff(picture)
    with tifffile.TiffFile(path, mode="r+") as tiff:
        counts = list(tiff.pages.first.databytecounts)
        counts[1] = 0
        tiff.pages.first.tags["TileByteCounts"].overwrite(counts)
    found = open_plane(path).read(Box(0, 32, 64, 64))
    assert np.array_equal(found[:, :32], picture[:64, 32:64])
    assert (found[:, 32:] == 255).all()


def test_a_damaged_tile_is_told_with_its_place_and_spares_the_others(
    write_tiff: Write, picture: NDArray[np.uint8], open_plane: Any
) -> None:
    path = write_tiff(picture, compression="zlib")
    offset, count = segment_of(path, 7)
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(b"\xff" * count)
    plane = open_plane(path)
    with pytest.raises(
        TileUnreadable, match=r"slide.tiff: the tile at row 64, column 64 of level 0"
    ):
        plane.read(Box(70, 70, 5, 5))
    assert np.array_equal(plane.read(Box(70, 130, 5, 5)), picture[70:75, 130:135])


def test_a_file_that_shrinks_while_open_is_told(
    write_tiff: Write, picture: NDArray[np.uint8], open_plane: Any
) -> None:
    path = write_tiff(picture)
    plane = open_plane(path)
    with path.open("r+b") as file:
        file.truncate(segment_of(path, 29)[0] + 10)
    with pytest.raises(TileUnreadable, match="10 of"):
        plane.read(Box(265, 345, 3, 3))


def test_reading_from_a_closed_file_is_told_plainly(
    write_tiff: Write, picture: NDArray[np.uint8]
) -> None:
    reader = open_with_tifffile(write_tiff(picture))
    reader.close()
    with pytest.raises(UsageError, match="closed"):
        reader.read(0, Box(0, 0, 4, 4))


@pytest.mark.parametrize("inverted", [False, True])
def test_grey_goes_to_all_three_channels(
    write_tiff: Write, picture: NDArray[np.uint8], open_plane: Any, inverted: bool
) -> None:
    grey = picture[..., 0]
    path = write_tiff(grey, photometric="miniswhite" if inverted else "minisblack")
    found = open_plane(path).read(Box(5, 6, 50, 40))
    expected = grey[5:55, 6:46]
    for channel in range(3):
        assert np.array_equal(found[..., channel], 255 - expected if inverted else expected)


@pytest.mark.parametrize("kind", ["unassalpha", "assocalpha"])
def test_transparency_shows_white(write_tiff: Write, open_plane: Any, kind: str) -> None:
    alpha = np.array([0, 128, 255], np.uint8)
    rgba = np.zeros((3, 64, 4), np.uint8)
    rgba[..., 3] = alpha[:, None]
    rgba[..., 0] = 100 if kind == "unassalpha" else (100 * alpha.astype(int) // 255)[:, None]
    found = open_plane(write_tiff(rgba, extrasamples=[kind])).read(Box(0, 0, 3, 1))[:, 0]
    # Over white: a share of alpha/255 of the colour (100, 0, 0) and the rest of 255.
    by_hand = [[255, 255, 255], [177, 127, 127], [100, 0, 0]]
    assert np.abs(found.astype(int) - by_hand).max() <= 1


def test_the_cache_lets_go_of_what_was_not_used_for_longest() -> None:
    cache = SegmentCache(most_bytes=250)
    tile = np.zeros(100, np.uint8)
    cache.put((0, 1), tile)
    cache.put((0, 2), tile)
    assert cache.get((0, 1)) is not None
    cache.put((0, 3), tile)
    assert cache.get((0, 2)) is None
    assert cache.get((0, 1)) is not None
    assert cache.get((0, 3)) is not None


def test_the_cache_keeps_one_segment_of_any_size() -> None:
    cache = SegmentCache(most_bytes=10)
    cache.put((0, 0), np.zeros(1000, np.uint8))
    assert cache.get((0, 0)) is not None
    cache.put((0, 1), np.zeros(1000, np.uint8))
    assert cache.get((0, 0)) is None


def test_files_are_read_where_pread_is_missing(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.delattr("os.pread", raising=False)
    (tmp_path / "x").write_bytes(b"0123456789")
    file = FileBytes(tmp_path / "x")
    assert (file.at(3, 4), file.at(8, 4)) == (b"3456", b"89")
    file.close()


def test_a_file_nobody_closed_is_let_go_of_in_silence(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"0")
    file = FileBytes(tmp_path / "x")
    handle = file._file
    del file
    assert handle.closed
