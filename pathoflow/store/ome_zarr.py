"""Making and opening the pyramids of `analysis.zarr`: OME-Zarr 0.5 on zarr v3, sharded.

After every creation the root's own metadata is brought up to date, so the folder is a valid image with labels, for
any viewer, from the first probability image on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import zarr
from zarr.codecs import ZstdCodec

from pathoflow.errors import UsageError
from pathoflow.space import Mpp, Point, Size
from pathoflow.store import ngff
from pathoflow.store.atomic import explained_os_errors
from pathoflow.store.pyramid import LABELS, Pyramid

PROBABILITY = "probability"
#: The image that the root shows; where it is missing, the first probability by name.
KEY_IMAGE = f"{PROBABILITY}/vessel"

_NAME = re.compile(r"[a-z0-9_]+(/[a-z0-9_-]+)+")
_COARSEST_PX = 512
_ORIGIN = Point(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class PyramidSpec:
    """What a new pyramid shall be."""

    #: Numpy name; labels must be whole numbers.
    dtype: str
    #: Micrometres per pixel of its own level 0.
    mpp: Mpp
    #: Where the centre of its first pixel lies, seen from the centre of the slide's first pixel, µm.
    translation_um: Point = _ORIGIN
    #: None: as many as `n_levels_for` says. Labels and images of one folder must agree.
    n_levels: int | None = None
    is_rgb: bool = False
    #: The smallest piece that is decompressed: a screenful of a viewer.
    chunk_px: int = 512
    #: The smallest piece that is a file: few files, and few enough pixels to hold one per writer.
    shard_px: int = 4096

    def __post_init__(self) -> None:
        if self.shard_px % 2 or self.shard_px % self.chunk_px:
            raise ValueError(
                f"a shard must be an even, whole number of chunks, got {self.shard_px} and {self.chunk_px} px"
            )

    @classmethod
    def on_slide(
        cls, dtype: str, mpp: Mpp, slide_mpp: Mpp, n_levels: int | None = None
    ) -> PyramidSpec:
        """A grid of ``mpp`` that shares its outer corner with a slide of ``slide_mpp``."""
        centre = Point(0.5 * (mpp.y - slide_mpp.y), 0.5 * (mpp.x - slide_mpp.x))
        return cls(dtype, mpp, centre, n_levels)


def n_levels_for(size: Size) -> int:
    """Levels of a pyramid of ``size``: halved until the longer side is at most 512 px.

    Every array of one slide at one mpp has the same size, hence the same number.
    """
    longer = max(size.height, size.width)
    n_levels = 1
    while longer > _COARSEST_PX:
        longer = -(-longer // 2)
        n_levels += 1
    return n_levels


def create_pyramid(
    root: Path, name: str, size: Size, spec: PyramidSpec, *, overwrite: bool = False
) -> Pyramid:
    """Make the pyramid ``name`` in the OME-Zarr ``root``, or open the same one again, pixels kept.

    Parameters
    ----------
    root
        The folder `analysis.zarr`; made where it is missing.
    name
        Path of two steps or more, such as ``probability/vessel``; below ``labels/`` it is a label image.
    size
        Pixels of level 0 of this pyramid.
    spec
        The rest.
    overwrite
        Empty an existing one instead.

    Raises
    ------
    ValueError
        The name or dtype cannot be, or the number of levels is not that of the pyramids already there.
    UsageError
        There is a different pyramid of that name.
    NoSpace, EnvironmentFault
        The folder cannot be written.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no path such as probability/vessel in small letters")
    if name.startswith(f"{LABELS}/") and (np.dtype(spec.dtype).kind not in "iu" or spec.is_rgb):
        raise ValueError(f"label images hold whole numbers in one channel, {name} cannot")
    levels = ngff.plan_levels(
        size, spec.mpp, spec.translation_um, spec.n_levels or n_levels_for(size)
    )
    with explained_os_errors(root):
        root.mkdir(parents=True, exist_ok=True)
        group = zarr.open_group(root, mode="a", zarr_format=3)
        # An image becomes one with its metadata, which comes last: what an interrupted run left is made anew.
        if name in _images(group) and not overwrite:
            return _same_or_refuse(open_pyramid(root, name, "r+"), levels, spec)
        _refuse_other_depth(group, name, len(levels))
        _make_parents(group, name)
        image = group.create_group(name, overwrite=True)
        for level in levels:
            _make_array(image, level, spec)
        image.attrs.put(_attributes(name, levels, spec))
        _declare(group)
    return open_pyramid(root, name, "r+")


def open_pyramid(root: Path, name: str, mode: Literal["r", "r+"] = "r") -> Pyramid:
    """Open the pyramid ``name`` of the OME-Zarr ``root``, to read, or with "r+" to write too.

    Raises
    ------
    UsageError
        There is no such pyramid.
    """
    try:
        group = zarr.open_group(root, path=name, mode=mode, zarr_format=3)
        entry = _multiscales(group)
    except (FileNotFoundError, KeyError) as error:
        raise UsageError(f"there is no image {name} in {root}; run the slide again") from error
    # Empty shards are no files; the setting lives in the session, not in the store.
    settings: Any = {"write_empty_chunks": False}
    arrays = tuple(
        _as_array(group[dataset["path"]]).with_config(settings) for dataset in entry["datasets"]
    )
    sizes = [Size(*array.shape[-2:]) for array in arrays]
    return Pyramid(root, name, ngff.parse_levels(entry, sizes), arrays)


def list_pyramids(root: Path) -> tuple[str, ...]:
    """Names of all pyramids in the OME-Zarr ``root``, sorted; none where it does not exist."""
    try:
        return tuple(_images(zarr.open_group(root, mode="r", zarr_format=3)))
    except FileNotFoundError:
        return ()


def _multiscales(group: zarr.Group) -> Mapping[str, Any]:
    ome: Any = group.attrs["ome"]
    entry: Mapping[str, Any] = ome["multiscales"][0]
    return entry


def _as_array(node: object) -> zarr.Array[Any]:
    if not isinstance(node, zarr.Array):
        raise KeyError("a level is not an array")
    return node


def _attributes(
    name: str, levels: tuple[ngff.PyramidLevel, ...], spec: PyramidSpec
) -> dict[str, Any]:
    short = name.rsplit("/", 1)[-1]
    if name.startswith(f"{LABELS}/"):
        return ngff.label_attributes(ngff.multiscales(short, levels, "mode"), ())
    entry = ngff.multiscales(short, levels, "mean", is_rgb=spec.is_rgb)
    return ngff.image_attributes(entry, is_rgb=spec.is_rgb)


def _make_array(image: zarr.Group, level: ngff.PyramidLevel, spec: PyramidSpec) -> None:
    channel = (3,) if spec.is_rgb else ()
    image.create_array(
        level.name,
        shape=(*channel, *level.size.shape),
        dtype=spec.dtype,
        chunks=(*channel, spec.chunk_px, spec.chunk_px),
        shards=(*channel, spec.shard_px, spec.shard_px),
        # Level 0 of zstd means its own default level.
        compressors=ZstdCodec(level=0),
        fill_value=0,
        dimension_names=("c", "y", "x") if spec.is_rgb else ("y", "x"),
    )


def _make_parents(group: zarr.Group, name: str) -> None:
    """Groups between the root and the image say their version, as every OME-Zarr group must."""
    steps = name.split("/")[:-1]
    for depth in range(1, len(steps) + 1):
        path = "/".join(steps[:depth])
        if path not in group:
            group.create_group(path, attributes={"ome": {"version": ngff.VERSION}})


def _declare(group: zarr.Group) -> None:
    """Bring the list of labels and the root's own image up to date with what is there."""
    names = _images(group)
    about: dict[str, Any]
    labels = [name.removeprefix(f"{LABELS}/") for name in names if name.startswith(f"{LABELS}/")]
    if labels:
        about = {"ome": {"version": ngff.VERSION, "labels": labels}}
        _as_group(group[LABELS]).update_attributes(about)
    maps = [name for name in names if name.startswith(f"{PROBABILITY}/")]
    about = {"ome": {"version": ngff.VERSION}}
    if maps:
        key = KEY_IMAGE if KEY_IMAGE in maps else maps[0]
        about = ngff.key_image_attributes(key, _multiscales(_as_group(group[key])))
    # Other entries of the root, and pictures that others keep beside ours, are left alone.
    group.update_attributes(about)


def _images(group: zarr.Group, above: str = "") -> list[str]:
    """Paths of all groups below ``group`` that are images, sorted; images hold no further ones."""
    names = []
    for key, child in sorted(group.groups()):
        ome: Any = child.attrs.get("ome", {})
        if "multiscales" in ome:
            names.append(above + key)
        else:
            names += _images(child, f"{above}{key}/")
    return names


def _as_group(node: object) -> zarr.Group:
    if not isinstance(node, zarr.Group):
        raise KeyError("an image is not a group")
    return node


def _refuse_other_depth(group: zarr.Group, name: str, n_levels: int) -> None:
    """OME-Zarr 0.5 wants labels to have as many levels as the image they belong to."""
    for other in _images(group):
        if other.partition("/")[0] not in (LABELS, PROBABILITY):
            continue
        found = len(_multiscales(_as_group(group[other]))["datasets"])
        if other != name and found != n_levels:
            raise ValueError(
                f"{name} would have {n_levels} levels, but {other} has {found}; state n_levels so that they agree"
            )


def _same_or_refuse(
    pyramid: Pyramid, levels: tuple[ngff.PyramidLevel, ...], spec: PyramidSpec
) -> Pyramid:
    is_same = (
        pyramid.levels == levels
        and pyramid.dtype == np.dtype(spec.dtype)
        and pyramid.is_rgb == spec.is_rgb
        and pyramid.shard_px == spec.shard_px
    )
    if not is_same:
        raise UsageError(
            f"{pyramid.root} already holds another {pyramid.name} ({pyramid.size.height} x {pyramid.size.width} px at "
            f"{pyramid.mpp.mean:g} µm/px, {len(pyramid.levels)} levels); use another folder, or overwrite it"
        )
    return pyramid
