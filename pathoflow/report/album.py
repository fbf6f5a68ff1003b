"""Keep a report's pictures inside ``analysis.zarr``, and find them again.

    overview/            OME-Zarr 0.5 image (c, y, x) in µm; attributes: box, mpp, the outlines to draw
    gallery/<vessel>     uint8 (h, w, 3); attributes: box (top, left, height, width in level-0 pixels), mpp

The same pictures give the same bytes.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import zarr

from pathoflow.report.field import Field, Picture
from pathoflow.report.pictures import Pictures
from pathoflow.space import Mpp, Point, Size
from pathoflow.store import list_pyramids, n_levels_for, ngff, open_pyramid
from pathoflow.store.atomic import explained_os_errors
from pathoflow.store.reduce import halve_by_mean

_GROUPS = ("overview", "gallery")
_NAMESPACE = "pathoflow"


def save_pictures(pictures: Pictures, analysis: Path) -> None:
    """Write ``pictures`` into the Zarr group at ``analysis``, in place of any that are there.

    They are written beside it and then renamed into place, so an interruption leaves old pictures or new ones.

    Raises
    ------
    NoSpace, EnvironmentFault
        The folder cannot be written.
    """
    partial = analysis.with_name(f".{analysis.name}.pictures")
    with explained_os_errors(analysis):
        analysis.mkdir(parents=True, exist_ok=True)
        if not (analysis / "zarr.json").exists():
            zarr.create_group(analysis, zarr_format=3)
        shutil.rmtree(partial, ignore_errors=True)
        try:
            group = zarr.create_group(partial, zarr_format=3)
            _write_overview(group, pictures, _n_levels(analysis, pictures.overview))
            _write_gallery(group, pictures)
            for name in _GROUPS:
                shutil.rmtree(analysis / name, ignore_errors=True)
                (partial / name).replace(analysis / name)
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def load_pictures(analysis: Path) -> Pictures | None:
    """Read the pictures back, most suspicious first; None where none were saved."""
    if not (analysis / "overview" / "zarr.json").exists():
        return None
    overview = zarr.open_group(analysis / "overview", mode="r")
    kept: Any = overview.attrs[_NAMESPACE]
    pixels = np.ascontiguousarray(np.moveaxis(np.asarray(overview["s0"]), 0, -1))
    outlines = {
        name: [[(float(x), float(y)) for x, y in ring] for ring in rings]
        for name, rings in kept["outlines"].items()
    }
    return Pictures(
        Picture(pixels, Field(*kept["box"]), float(kept["mpp"])), _read_gallery(analysis), outlines
    )


def _read_gallery(analysis: Path) -> dict[str, Picture]:
    if not (analysis / "gallery" / "zarr.json").exists():
        return {}
    group = zarr.open_group(analysis / "gallery", mode="r")
    order: Any = group.attrs["order"]
    gallery = {}
    for vessel_id in order:
        array = group[vessel_id]
        kept: Any = dict(array.attrs)
        gallery[vessel_id] = Picture(np.asarray(array), Field(*kept["box"]), float(kept["mpp"]))
    return gallery


def _n_levels(analysis: Path, overview: Picture) -> int:
    """As many levels as the other images of ``analysis`` have, which the store wants to agree."""
    others = [name for name in list_pyramids(analysis) if name not in _GROUPS]
    if others:
        return len(open_pyramid(analysis, others[0]).levels)
    return n_levels_for(Size(overview.height, overview.width))


def _write_overview(group: zarr.Group, pictures: Pictures, n_levels: int) -> None:
    overview = pictures.overview
    image = group.create_group("overview")
    levels = _plan_levels(overview, n_levels)
    pixels = np.moveaxis(overview.pixels, -1, 0)
    for level in levels:
        _write_array(image, level.name, pixels, ("c", "y", "x"))
        pixels = halve_by_mean(pixels)
    entry = ngff.multiscales("overview", levels, "mean", is_rgb=True)
    about: dict[str, Any] = {
        "box": _box(overview.field),
        "mpp": overview.mpp,
        "outlines": _rounded(pictures),
    }
    image.attrs.update({**ngff.image_attributes(entry, is_rgb=True), _NAMESPACE: about})


def _plan_levels(overview: Picture, n_levels: int) -> tuple[ngff.PyramidLevel, ...]:
    """Levels whose pixel centres are seen from the centre of the slide's first pixel, as everywhere in the store."""
    field, mpp = overview.field, overview.mpp
    slide_mpp = Mpp(mpp * overview.height / field.height_px, mpp * overview.width / field.width_px)
    corner = Point(
        0.5 * (mpp - slide_mpp.y) + field.top_px * slide_mpp.y,
        0.5 * (mpp - slide_mpp.x) + field.left_px * slide_mpp.x,
    )
    size = Size(overview.height, overview.width)
    return ngff.plan_levels(size, Mpp.square(mpp), corner, n_levels)


def _rounded(pictures: Pictures) -> dict[str, Any]:
    """The outlines as JSON; a tenth of a level-0 pixel is far below what an overview can show."""
    return {
        name: [[[round(float(x), 1), round(float(y), 1)] for x, y in ring] for ring in rings]
        for name, rings in sorted(pictures.outlines.items())
    }


def _write_gallery(group: zarr.Group, pictures: Pictures) -> None:
    gallery = group.create_group("gallery")
    for vessel_id, picture in pictures.gallery.items():
        array = _write_array(gallery, vessel_id, picture.pixels, ("y", "x", "c"))
        array.attrs.update({"box": _box(picture.field), "mpp": picture.mpp})
    gallery.attrs["order"] = list(pictures.gallery)


def _write_array(
    group: zarr.Group, name: str, pixels: np.ndarray[Any, Any], axes: tuple[str, ...]
) -> zarr.Array[Any]:
    # One chunk: the pictures are small and always read whole.
    array = group.create_array(
        name, shape=pixels.shape, dtype=pixels.dtype, chunks=pixels.shape, dimension_names=axes
    )
    array[...] = pixels
    return array


def _box(field: Field) -> list[float]:
    return [field.top_px, field.left_px, field.height_px, field.width_px]
