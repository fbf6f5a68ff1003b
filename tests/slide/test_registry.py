from __future__ import annotations

import math
import os
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import numpy as np
import openslide
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from pathoflow.errors import (
    Code,
    EnvironmentFault,
    MppUnknown,
    ReaderRefused,
    SlideUnreadable,
    UsageError,
)
from pathoflow.slide import SlideReader, open_slide, registry
from pathoflow.slide.registry import rank
from pathoflow.slide.tiff import TiffReader
from pathoflow.space import Mpp
from pathoflow.testing import ArrayReader

Write = Callable[..., Path]
OURS = {
    "openslide": "pathoflow.slide.openslide:open_with_openslide",
    "tiff": "pathoflow.slide.tiff:open_with_tifffile",
    "svs": "pathoflow.slide.svs:open_svs",
    "omezarr": "pathoflow.slide.omezarr:open_with_zarr",
}


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The installed readers: ours, and what a test adds."""
    values = dict(OURS)

    def found(group: str) -> list[EntryPoint]:
        assert group == "pathoflow.readers"
        return [EntryPoint(name, value, group) for name, value in values.items()]

    monkeypatch.setattr(registry, "entry_points", found)
    return values


def grey(path: Path) -> SlideReader:
    """A reader of somebody else, for files of one kind."""
    if path.suffix != ".grey":
        raise ReaderRefused("not a .grey file")
    return ArrayReader(np.full((64, 64, 3), 128, np.uint8), path=path)


def test_an_aperio_slide_is_read_tile_by_tile(write_svs: Write) -> None:
    slide = open_slide(write_svs())
    assert slide.info.reader == "svs"
    assert slide.mpp == Mpp.square(0.25)
    assert not slide.refusals


def test_openslide_reads_where_its_pixels_are_not_confirmed_and_the_reason_is_kept(
    write_svs: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = TiffReader.read
    monkeypatch.setattr(TiffReader, "read", lambda self, level, box: read(self, level, box) // 2)
    slide = open_slide(write_svs())
    assert slide.info.reader == "openslide"
    assert "differs from OpenSlide" in slide.refusals["svs"]


def test_an_aperio_slide_that_openslide_refuses_is_read_as_it_stands(
    write_svs: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise openslide.OpenSlideError("Unsupported TIFF compression: 50001")

    monkeypatch.setattr("openslide.OpenSlide.__init__", lambda self, path: refuse(path))
    slide = open_slide(write_svs())
    assert slide.info.reader == "tiff"
    assert slide.refusals.keys() == {"svs", "openslide"}


@pytest.mark.parametrize("maker", ["hamamatsu", "mirax", "ventana"])
def test_slides_of_other_makers_go_to_openslide(
    write_svs: Write, maker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openslide.OpenSlide.detect_format", lambda path: maker)
    assert open_slide(write_svs()).info.reader == "openslide"


def test_a_plain_tiff_is_read_as_it_stands(write_tiff: Write, picture: Any) -> None:
    assert open_slide(write_tiff(picture)).info.reader == "tiff"


def test_the_pyramid_of_an_ome_tiff_is_seen(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    path = tmp_path / "case.ome.tiff"
    with tifffile.TiffWriter(path, ome=True) as tiff:
        tiff.write(picture, subifds=1, tile=(64, 64), photometric="rgb", metadata={"axes": "YXS"})
        tiff.write(picture[::2, ::2], subfiletype=1, tile=(64, 64), photometric="rgb")
    assert len(open_slide(path).info.levels) == 2


def test_openslide_helps_where_the_tiff_reader_refuses(
    write_tiff: Write, picture: NDArray[np.uint8], installed: dict[str, str]
) -> None:
    # JSON has no function "nothing": stands for a reader that breaks.
    installed["tiff"] = "json:nothing"
    slide = open_slide(write_tiff(picture))
    assert slide.info.reader == "openslide"
    assert "AttributeError" in slide.refusals["tiff"]


def test_a_reader_of_somebody_else_is_asked_and_refusals_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "case.grey"
    path.write_bytes(b"grey")
    slide = open_slide(path, readers={"faultless": grey})
    assert slide.info.reader == "array"

    def no(path: Path) -> SlideReader:
        raise ReaderRefused("not mine")

    slide = open_slide(path, readers={"first": no, "second": grey, "third": no})
    assert dict(slide.refusals) == {"first": "not mine"}


def test_a_reader_that_cannot_be_imported_stops_nobody(
    write_tiff: Write, picture: NDArray[np.uint8], installed: dict[str, str]
) -> None:
    installed.clear()
    installed.update(absent="no_such_module:open", tiff=OURS["tiff"])
    assert open_slide(write_tiff(picture)).info.reader == "tiff"
    with pytest.raises(SlideUnreadable, match="absent: failed with ModuleNotFoundError"):
        open_slide(write_tiff(picture.astype(np.uint16), name="deep.tiff"))


def test_ours_are_asked_in_their_order_and_others_by_alphabet() -> None:
    names = ["zebra", "omezarr", "tiff", "alpha", "openslide"]
    assert rank(names, ("openslide", "tiff", "omezarr", "phantom")) == [
        "openslide",
        "tiff",
        "omezarr",
        "alpha",
        "zebra",
    ]


def test_no_installed_reader_is_a_fault_of_the_installation(
    write_tiff: Write, picture: NDArray[np.uint8], installed: dict[str, str]
) -> None:
    installed.clear()
    with pytest.raises(EnvironmentFault, match="install pathoflow again"):
        open_slide(write_tiff(picture))


def test_a_missing_file_is_named_as_it_was_typed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no file .*/nowhere/case.svs"):
        open_slide(tmp_path / "nowhere" / "case.svs")


def test_a_folder_is_no_slide(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder; name a slide file"):
        open_slide(tmp_path)


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "case.svs").touch()
    with pytest.raises(SlideUnreadable, match=r"case.svs is empty \(0 bytes\)") as error:
        open_slide(tmp_path / "case.svs")
    assert error.value.code is Code.SLIDE_CORRUPT


def test_a_photograph_with_the_name_of_a_slide_is_told(tmp_path: Path) -> None:
    Image.new("RGB", (300, 200)).save(tmp_path / "case.svs", format="JPEG")
    with pytest.raises(SlideUnreadable) as error:
        open_slide(tmp_path / "case.svs")
    said = str(error.value)
    assert said.startswith("case.svs is a JPEG picture, not a slide; name the scanner's own file")
    assert "tiff: not a TIFF file" in said
    assert "openslide: not a format that OpenSlide knows" in said
    assert "\n" not in said
    assert str(tmp_path) not in said


def test_a_truncated_slide_is_told_before_any_reader_is_asked(write_svs: Write) -> None:
    path = write_svs()
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size * 6 // 10)
    with pytest.raises(SlideUnreadable, match=r"case.svs is truncated") as error:
        open_slide(path)
    assert error.value.code is Code.SLIDE_CORRUPT


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_file_that_may_not_be_read_is_told(write_svs: Write) -> None:
    path = write_svs()
    path.chmod(0)
    with pytest.raises(SlideUnreadable, match="permissions"):
        open_slide(path)


@pytest.mark.parametrize("wrong", [0, -0.25, math.nan, math.inf, 250, 0.001])
def test_a_senseless_mpp_is_refused_before_the_file_is_touched(wrong: float) -> None:
    with pytest.raises(UsageError, match="micrometres per pixel"):
        open_slide("nowhere.svs", mpp=wrong)


def test_a_stated_mpp_wins_and_is_remembered_as_stated(write_svs: Write) -> None:
    slide = open_slide(write_svs(), mpp=0.5)
    assert slide.mpp == Mpp.square(0.5)
    assert slide.info.mpp_source == "user"
    assert open_slide(write_svs(), mpp=Mpp(0.5, 0.4)).mpp == Mpp(0.5, 0.4)


def test_without_a_scale_the_slide_opens_and_only_measuring_is_refused(
    write_tiff: Write, picture: NDArray[np.uint8]
) -> None:
    slide = open_slide(write_tiff(picture, resolution=(72, 72), resolutionunit="INCH"))
    with pytest.raises(MppUnknown, match="--mpp") as error:
        _ = slide.mpp
    assert error.value.code is Code.MPP_MISSING


def test_names_with_spaces_and_other_scripts_are_names(write_svs: Write) -> None:
    slide = open_slide(write_svs(name="肝 case 17 é 🔬.svs"))
    assert slide.id == "肝 case 17 é 🔬"


def test_an_ome_zarr_folder_without_its_metadata_is_told(tmp_path: Path) -> None:
    (tmp_path / "case.zarr").mkdir()
    with pytest.raises(SlideUnreadable, match="omezarr: not a zarr folder"):
        open_slide(tmp_path / "case.zarr")


@pytest.mark.real_slides
@pytest.mark.skipif("PATHOFLOW_REAL_SLIDES" not in os.environ, reason="needs a folder of slides")
def test_real_slides_open_or_fail_with_one_sentence() -> None:
    for path in sorted(Path(os.environ["PATHOFLOW_REAL_SLIDES"]).iterdir()):
        if path.is_file():
            try:
                with open_slide(path) as slide:
                    assert max(slide.thumbnail(200).shape) == 200
            except SlideUnreadable as error:
                assert path.name in str(error)  # noqa: PT017  both outcomes are right
