"""OME-Zarr images, versions 0.4 and 0.5, that hold one RGB or grey picture.

Source: NGFF specification 0.4 and 0.5, "multiscales" and "axes" metadata. Axes are found by name, so the order within a
file does not matter; time and depth must be of length one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from numpy.typing import NDArray

from pathoflow.errors import ReaderRefused, TileUnreadable, UsageError
from pathoflow.slide.pyramid import levels_of
from pathoflow.slide.reader import SlideInfo
from pathoflow.space import Box, Mpp, Size

# What zarr and its codecs raise on damaged or missing metadata and chunks.
_STORE_ERRORS = (ValueError, RuntimeError, OSError, KeyError, TypeError)
_UM_PER_UNIT = {
    "micrometer": 1.0,
    "nanometer": 1e-3,
    "millimeter": 1e3,
    "centimeter": 1e4,
    "meter": 1e6,
    "angstrom": 1e-4,
}
#: Files of which a folder must hold one to be a zarr group.
_GROUP_MARKS = ("zarr.json", ".zgroup", ".zattrs")


def is_zarr_folder(path: Path) -> bool:
    """Whether ``path`` is a folder that holds a zarr group."""
    return path.is_dir() and any((path / mark).is_file() for mark in _GROUP_MARKS)


def open_with_zarr(path: Path) -> OmeZarrReader:
    """Open ``path`` if it is an OME-Zarr image of 8-bit RGB or grey.

    Raises
    ------
    ReaderRefused
        It is no OME-Zarr image, or holds something else than one RGB or grey picture.
    """
    if not is_zarr_folder(path):
        raise ReaderRefused("not a zarr folder")
    try:
        group, multiscales = _image_group(zarr.open_group(path, mode="r"))
        return OmeZarrReader(path, group, multiscales)
    except _STORE_ERRORS as error:
        raise ReaderRefused(f"metadata cannot be used: {error}") from error


class OmeZarrReader:
    """Pixels of one OME-Zarr image."""

    def __init__(self, path: Path, group: zarr.Group, multiscales: Mapping[str, Any]) -> None:
        self._path = path
        names = [str(axis["name"]) for axis in multiscales["axes"]]
        self._arrays: list[zarr.Array[Any]] | None = []
        sizes = []
        for dataset in multiscales["datasets"]:
            array = group[dataset["path"]]
            if not isinstance(array, zarr.Array):
                raise ReaderRefused(f"{dataset['path']} is not an array")
            sizes.append(_check_array(array, names))
            self._arrays.append(array)
        self._names = names
        levels = levels_of(sizes)
        self._info = SlideInfo(
            path=path,
            reader="omezarr",
            vendor="ome-zarr",
            size=levels[0].size,
            levels=levels,
            mpp=_mpp(multiscales),
        )

    @property
    def info(self) -> SlideInfo:
        """What the metadata says."""
        return self._info

    def read(self, level: int, box: Box) -> NDArray[np.uint8]:
        """Pixels of ``box`` of ``level``; see `SlideReader.read`."""
        if self._arrays is None:
            raise UsageError(f"{self._path.name} is closed; open the slide again to read from it.")
        pixels = np.full((box.height, box.width, 3), 255, np.uint8)
        inside = box.intersect(self._info.levels[level].size.box())
        if inside.is_empty:
            return pixels
        rows, columns = inside.slices
        selection = tuple(
            {"y": rows, "x": columns, "c": slice(None)}.get(n, 0) for n in self._names
        )
        try:
            found = np.asarray(self._arrays[level][selection])
        except _STORE_ERRORS as error:
            raise TileUnreadable(
                f"{self._path.name}: {inside.height} x {inside.width} px at row {inside.top}, column {inside.left} "
                f"of level {level} cannot be decoded ({error}); copy the folder again."
            ) from error
        # What is left after taking the single time point and depth are y, x and perhaps c, in the file's order.
        left = [name for name in self._names if name in "yxc"]
        ordered = found.transpose([left.index(name) for name in "yxc" if name in left])
        # One grey channel spreads over all three.
        pixels[inside.within(box).slices] = ordered.reshape(inside.height, inside.width, -1)
        return pixels

    def close(self) -> None:
        """Let go of the arrays; closing twice is fine."""
        self._arrays = None


def _image_group(group: zarr.Group) -> tuple[zarr.Group, Mapping[str, Any]]:
    """The group of the picture and its multiscales entry; looks into image "0" of a bioformats2raw folder."""
    attributes = dict(group.attrs)
    ome = attributes.get("ome", attributes)  # 0.5 keeps all under "ome", 0.4 at the top
    if isinstance(ome, Mapping) and isinstance(ome.get("multiscales"), Sequence):
        return group, ome["multiscales"][0]  # type: ignore[index,return-value]  # checked by its use
    inner = group.get("0")
    if isinstance(inner, zarr.Group):
        return _image_group(inner)
    raise ReaderRefused("zarr folder without a multiscales image")


def _check_array(array: zarr.Array[Any], names: Sequence[str]) -> Size:
    """Height and width of one level; refuses what is not 8-bit RGB or grey."""
    lengths = dict(zip(names, array.shape, strict=True))
    if "y" not in lengths or "x" not in lengths:
        raise ReaderRefused(f"has axes {', '.join(names)}, without y and x")
    if array.dtype != np.uint8:
        raise ReaderRefused(f"stores {array.dtype} samples, not 8-bit ones")
    if lengths.get("c", 1) not in (1, 3):
        raise ReaderRefused(f"holds {lengths['c']} channels, not one RGB picture")
    others = {name: n for name, n in lengths.items() if name not in "yxc" and n != 1}
    if others:
        raise ReaderRefused(f"holds a stack ({others}), not one picture")
    return Size(lengths["y"], lengths["x"])


def _mpp(multiscales: Mapping[str, Any]) -> Mpp | None:
    """Micrometres per level-0 pixel from the scale transformations, where the axes name a unit of length."""
    axes: Sequence[Mapping[str, Any]] = multiscales["axes"]
    first = multiscales["datasets"][0].get("coordinateTransformations", ())
    shared = multiscales.get("coordinateTransformations", ())
    spacing: dict[str, float] = {}
    for number, axis in enumerate(axes):
        um = _UM_PER_UNIT.get(str(axis.get("unit", "")))
        scales = [t["scale"][number] for t in (*first, *shared) if t.get("type") == "scale"]
        if um is not None and scales:
            spacing[axis["name"]] = float(np.prod(scales)) * um
    y, x = spacing.get("y", 0.0), spacing.get("x", 0.0)
    return Mpp(y, x) if y > 0 and x > 0 else None
