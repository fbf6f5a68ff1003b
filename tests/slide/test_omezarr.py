from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from numpy.typing import NDArray

from pathoflow.errors import ReaderRefused, TileUnreadable, UsageError
from pathoflow.slide import SlideReader
from pathoflow.slide.omezarr import is_zarr_folder, open_with_zarr
from pathoflow.space import Box, Mpp, Size
from pathoflow.testing import SlideReaderContract

UNITS = {"y": "micrometer", "x": "micrometer"}


def write(
    path: Path,
    levels: list[NDArray[Any]],
    axes: str = "cyx",
    version: str = "0.5",
    mpp: tuple[float, float] | None = (0.5, 0.25),
) -> Path:
    """Write levels, given in the order of ``axes``, by hand after the specification."""
    group = zarr.open_group(path, mode="w", zarr_format=3 if version == "0.5" else 2)
    datasets = []
    for number, pixels in enumerate(levels):
        chunks = tuple(64 if name in "yx" else 1 for name in axes)
        array = group.create_array(
            str(number), shape=pixels.shape, chunks=chunks, dtype=pixels.dtype
        )
        array[...] = pixels
        dataset: dict[str, Any] = {"path": str(number)}
        if mpp is not None:
            step = 2**number
            spacing = {"y": mpp[0] * step, "x": mpp[1] * step}
            scale = [spacing.get(name, 1.0) for name in axes]
            dataset["coordinateTransformations"] = [{"type": "scale", "scale": scale}]
        datasets.append(dataset)
    described = [{"name": n, **({"unit": UNITS[n]} if n in UNITS else {})} for n in axes]
    multiscales = [{"axes": described, "datasets": datasets}]
    if version == "0.5":
        group.attrs["ome"] = {"version": "0.5", "multiscales": multiscales}
    else:
        group.attrs["multiscales"] = [{"version": "0.4", **multiscales[0]}]
    return path


def in_axes(picture: NDArray[np.uint8], axes: str) -> NDArray[np.uint8]:
    """``(y, x, 3)`` turned to ``axes``, with single time points and planes."""
    turned = picture.transpose(["yxc".index(name) for name in axes if name in "yxc"])
    return turned[tuple(None if name in "tz" else slice(None) for name in axes)]


@pytest.mark.parametrize(("axes", "version"), [("cyx", "0.5"), ("tczyx", "0.4"), ("yxc", "0.5")])
class TestOmeZarr(SlideReaderContract):
    @pytest.fixture
    def reader(
        self, tmp_path: Path, picture: NDArray[np.uint8], axes: str, version: str
    ) -> Iterator[SlideReader]:
        levels = [in_axes(picture[::step, ::step], axes) for step in (1, 2, 4)]
        reader = open_with_zarr(write(tmp_path / "slide.zarr", levels, axes, version))
        yield reader
        reader.close()

    @pytest.fixture
    def expected(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return picture

    def test_size_and_scale_are_those_of_y_and_x(self, reader: SlideReader) -> None:
        assert reader.info.size == Size(271, 349)
        assert reader.info.mpp == Mpp(y=0.5, x=0.25)


def test_scales_of_the_whole_image_and_of_a_level_multiply(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zarr", [np.zeros((3, 64, 64), np.uint8)], mpp=(0.5, 0.5))
    group = zarr.open_group(path, mode="r+")
    ome: Any = dict(group.attrs)["ome"]
    shared = [{"type": "scale", "scale": [1.0, 0.5, 0.5]}]
    ome["multiscales"][0]["coordinateTransformations"] = shared
    group.attrs["ome"] = ome
    assert open_with_zarr(path).info.mpp == Mpp.square(0.25)


def test_without_a_scale_there_are_no_micrometres(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zarr", [np.zeros((3, 64, 64), np.uint8)], mpp=None)
    assert open_with_zarr(path).info.mpp is None


def test_grey_goes_to_all_three_channels(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    path = write(tmp_path / "a.zarr", [picture[..., 0]], axes="yx")
    found = open_with_zarr(path).read(0, Box(3, 4, 20, 30))
    assert np.array_equal(found, np.repeat(picture[3:23, 4:34, :1], 3, axis=2))


def test_image_0_of_a_converted_folder_is_found(tmp_path: Path) -> None:
    zarr.open_group(tmp_path / "a.zarr", mode="w").attrs["bioformats2raw.layout"] = 3
    write(tmp_path / "a.zarr" / "0", [np.zeros((3, 64, 80), np.uint8)])
    assert open_with_zarr(tmp_path / "a.zarr").info.size == Size(64, 80)


@pytest.mark.parametrize(
    ("pixels", "axes", "reason"),
    [
        (np.zeros((5, 64, 64), np.uint8), "cyx", "5 channels"),
        (np.zeros((3, 64, 64), np.uint16), "cyx", "uint16"),
        (np.zeros((9, 64, 64), np.uint8), "zyx", "stack"),
        (np.zeros((3, 64), np.uint8), "cx", "without y and x"),
    ],
)
def test_other_images_are_refused_with_the_reason(
    tmp_path: Path, pixels: NDArray[Any], axes: str, reason: str
) -> None:
    path = write(tmp_path / "a.zarr", [pixels], axes=axes)
    with pytest.raises(ReaderRefused, match=reason):
        open_with_zarr(path)


def test_a_zarr_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    zarr.open_group(tmp_path / "results.zarr", mode="w")
    with pytest.raises(ReaderRefused, match="without a multiscales image"):
        open_with_zarr(tmp_path / "results.zarr")


def test_a_plain_folder_is_no_zarr_folder(tmp_path: Path) -> None:
    assert not is_zarr_folder(tmp_path)
    with pytest.raises(ReaderRefused, match="not a zarr folder"):
        open_with_zarr(tmp_path)


def test_a_damaged_chunk_is_told(tmp_path: Path, picture: NDArray[np.uint8]) -> None:
    path = write(tmp_path / "a.zarr", [in_axes(picture, "cyx")])
    (path / "0" / "c" / "0" / "0" / "0").write_bytes(b"rubbish")
    reader = open_with_zarr(path)
    with pytest.raises(TileUnreadable, match=r"a.zarr: 10 x 10 px at row 0, column 0"):
        reader.read(0, Box(0, 0, 10, 10))
    assert np.array_equal(reader.read(0, Box(70, 70, 9, 9)), picture[70:79, 70:79])


def test_reading_from_a_closed_image_is_told_plainly(tmp_path: Path) -> None:
    reader = open_with_zarr(write(tmp_path / "a.zarr", [np.zeros((3, 64, 64), np.uint8)]))
    reader.close()
    with pytest.raises(UsageError, match="closed"):
        reader.read(0, Box(0, 0, 4, 4))
