from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pathoflow.errors import Code, SlideUnreadable
from pathoflow.slide.integrity import check_complete

Write = Callable[..., Path]

KINDS = [
    {},
    {"compression": "jpeg"},
    {"bigtiff": True},
    {"byteorder": ">"},
    {"bigtiff": True, "byteorder": ">"},
    {"tile": None, "rowsperstrip": 10},
]


@pytest.fixture(params=KINDS, ids=str)
def whole(request: pytest.FixtureRequest, tmp_path: Path, picture: NDArray[np.uint8]) -> Path:
    options: dict[str, Any] = {"tile": (64, 64), **request.param}
    kind = {k: options.pop(k) for k in ("bigtiff", "byteorder") if k in options}
    with tifffile.TiffWriter(tmp_path / "case.tiff", **kind) as tiff:
        for step in (1, 4):
            tiff.write(picture[::step, ::step], photometric="rgb", metadata=None, **options)
    return tmp_path / "case.tiff"


def test_a_whole_file_passes(whole: Path) -> None:
    check_complete(whole)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.95])
def test_a_file_cut_anywhere_is_found(whole: Path, share: float) -> None:
    holds = int(whole.stat().st_size * share)
    with whole.open("r+b") as file:
        file.truncate(holds)
    with pytest.raises(SlideUnreadable, match=rf"case.tiff is truncated: .* holds {holds}; copy"):
        check_complete(whole)


def test_the_code_and_the_sentence_are_those_of_a_corrupt_slide(
    write_tiff: Write, picture: NDArray[np.uint8]
) -> None:
    path = write_tiff(picture)  # one page: its last tile ends the file
    full = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(full - 1)
    with pytest.raises(SlideUnreadable) as error:
        check_complete(path)
    assert error.value.code is Code.SLIDE_CORRUPT
    assert str(error.value) == (
        f"case.tiff is truncated: it should hold at least {full} bytes and holds {full - 1}; "
        "copy it again from the scanner."
    ).replace("case", "slide")


def test_a_pyramid_in_sub_directories_is_walked(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    path = tmp_path / "case.ome.tif"
    with tifffile.TiffWriter(path) as tiff:
        tiff.write(picture[::4, ::4], subifds=1, tile=(64, 64), photometric="rgb")
        tiff.write(picture, tile=(64, 64), photometric="rgb", subfiletype=1)
    check_complete(path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size * 6 // 10)
    with pytest.raises(SlideUnreadable, match="truncated"):
        check_complete(path)


def test_tiles_that_were_not_scanned_may_point_anywhere(
    write_tiff: Write, picture: NDArray[np.uint8]
) -> None:
    path = write_tiff(picture)
    with tifffile.TiffFile(path, mode="r+") as tiff:
        page = tiff.pages.first
        counts, offsets = list(page.databytecounts), list(page.dataoffsets)
        counts[3], offsets[3] = 0, 0xFFFFFFF0
        page.tags["TileByteCounts"].overwrite(counts)
        page.tags["TileOffsets"].overwrite(offsets)
    check_complete(path)


def directory(entries: list[tuple[int, int, int, int]], follow: int) -> bytes:
    """A little-endian classic directory of (tag, type, count, value)."""
    table = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return struct.pack("<H", len(entries)) + table + struct.pack("<I", follow)


def test_a_chain_of_directories_that_bites_its_tail_ends(tmp_path: Path) -> None:
    path = tmp_path / "loop.tif"
    path.write_bytes(b"II*\0" + struct.pack("<I", 8) + directory([(256, 4, 1, 5)], 8))
    check_complete(path)


def test_a_directory_past_the_end_is_found(tmp_path: Path) -> None:
    path = tmp_path / "cut.tif"
    path.write_bytes(b"II*\0" + struct.pack("<I", 5000) + b"\0" * 100)
    with pytest.raises(SlideUnreadable, match="at least 5002 bytes and holds 108"):
        check_complete(path)


def test_an_ndpi_file_is_measured_by_the_lower_half_of_its_offsets(tmp_path: Path) -> None:
    # 65420 marks NDPI. The strip lies at 900 (or 4 GB further on, which this file cannot know), 50 bytes long.
    entries = [(273, 4, 1, 900), (279, 4, 1, 50), (65420, 4, 1, 1)]
    path = tmp_path / "case.ndpi"
    path.write_bytes(b"II*\0" + struct.pack("<I", 8) + directory(entries, 0) + b"\0" * 2000)
    check_complete(path)
    path.write_bytes(path.read_bytes()[:940])
    with pytest.raises(SlideUnreadable, match="at least 950 bytes"):
        check_complete(path)


@given(st.binary(max_size=300))
def test_files_of_other_kinds_pass(tmp_path_factory: Any, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "other.bin"
    path.write_bytes(b"\xff\xd8" + content)
    check_complete(path)


@given(st.sampled_from([b"II*\0", b"MM\0*", b"II+\0\x08\0\0\0"]), st.binary(max_size=400))
def test_rubbish_behind_a_tiff_mark_is_judged_without_a_crash(
    tmp_path_factory: Any, mark: bytes, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "rubbish.tif"
    path.write_bytes(mark + content)
    try:
        check_complete(path)
    except SlideUnreadable as error:
        assert "truncated" in str(error)  # noqa: PT017  both outcomes are right, a crash is not
