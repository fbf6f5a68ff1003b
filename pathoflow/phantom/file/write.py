"""Write a painted slide as a pyramidal tiled TIFF: as Aperio's, as a plain one, or as OME-TIFF.

Level 0 is painted once, in bands of 512 rows, several squares at a time; the same squares give the
means of the coarser levels, which wait in files beside the slide until their turn. Memory is
bounded by two bands, whatever the slide's height.

What readers see: OpenSlide takes the ``svs`` layout for an Aperio slide and ``tiff`` for a generic
one, each with all levels; of ``ome`` it sees level 0 only, because it does not look into sub-images.
Our TIFF reader and tifffile see all levels of all three.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from pathoflow.errors import EnvironmentFault, NoSpace
from pathoflow.phantom.file.header import MAKER, TILE_PX, aperio_description, is_lossless, ome_xml
from pathoflow.phantom.file.levels import PAINT_PX, level_means, plan_levels
from pathoflow.phantom.painter.slide import paint
from pathoflow.phantom.plan.slide import Plan, plan_slide
from pathoflow.phantom.recipe.spec import PhantomSpec
from pathoflow.phantom.truth.files import write_truth
from pathoflow.slide.reader import Level
from pathoflow.space import Box, Size

#: Classic TIFF ends at 4 GiB; JPEG takes at most a byte or so per pixel, deflate nearly all of them.
_CLASSIC_BYTES = 2**31
Progress = Callable[[float], None]
Pixels = NDArray[np.uint8]


def make_phantom(spec: PhantomSpec, path: Path, progress: Progress | None = None) -> None:
    """Write the slide to ``path`` and its truth to the folder ``<stem>.truth`` beside it."""
    write_slide(spec, path, progress)
    write_truth(spec, path.with_suffix(".truth"))


def write_slide(spec: PhantomSpec, path: Path, progress: Progress | None = None) -> None:
    """Paint a slide into ``path``; ``progress`` hears the share done, 0 to 1.

    The file appears under its name only when it is whole.

    Raises
    ------
    NoSpace
        The disk is full.
    EnvironmentFault
        The folder cannot be written.
    """
    plan = plan_slide(spec)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as work:
            unfinished = Path(work) / "slide.tiff"
            _write_pyramid(plan, unfinished, Path(work), progress)
            with unfinished.open("rb+") as done:
                os.fsync(done.fileno())
            unfinished.replace(path)
    except OSError as error:
        raise _as_fault(error, path) from error


def _as_fault(error: OSError, path: Path) -> EnvironmentFault:
    if error.errno == errno.ENOSPC:
        return NoSpace(f"The disk is full while painting {path}: free some space and start again.")
    return EnvironmentFault(f"{path} cannot be written ({error.strerror}): choose another folder.")


def _write_pyramid(plan: Plan, path: Path, work: Path, progress: Progress | None) -> None:
    levels = plan_levels(plan.size, plan.spec.file.levels)
    coarser = [_waiting(work / f"level{k}.npy", levels[k]) for k in range(1, len(levels))]
    has_alpha = plan.spec.file.alpha
    size_bytes = plan.size.area * ((4 if has_alpha else 3) if is_lossless(plan) else 1)
    with tifffile.TiffWriter(path, bigtiff=size_bytes > _CLASSIC_BYTES, ome=False) as writer:
        for k, level in enumerate(levels):
            bands = _cut(coarser[k - 1]) if k else _bands(plan, levels, coarser, progress)
            writer.write(
                _tiles(bands, has_alpha),
                shape=(*level.size.shape, 4 if has_alpha else 3),
                dtype=np.uint8,
                tile=(TILE_PX, TILE_PX),
                photometric="rgb",
                extrasamples=["unassalpha"] if has_alpha else None,
                metadata=None,
                **_coding(plan),
                **_tags(plan, levels, k),
            )


def _waiting(path: Path, level: Level) -> Pixels:
    """Room on disk for a level whose turn comes after the finer ones."""
    room: Pixels = np.lib.format.open_memmap(
        path, mode="w+", dtype=np.uint8, shape=(*level.size.shape, 3)
    )
    return room


def _coding(plan: Plan) -> dict[str, Any]:
    if is_lossless(plan):
        return {"compression": "deflate", "predictor": True}
    return {"compression": "jpeg", "compressionargs": {"level": plan.jpeg_quality}}


def _tags(plan: Plan, levels: tuple[Level, ...], k: int) -> dict[str, Any]:
    """Description, scale and place in the pyramid of level ``k``."""
    layout = plan.spec.file
    tags: dict[str, Any] = {"subfiletype": 1 if k else 0, "software": None}
    if layout.mpp_in_header:
        tags["resolution"] = (1e4 / plan.spec.mpp / levels[k].scale_y,) * 2
        tags["resolutionunit"] = "CENTIMETER"
    if layout.format == "svs":
        tags["description"] = aperio_description(plan, levels[k].size)
    else:
        tags["software"] = MAKER
    if layout.format == "ome" and k == 0:
        tags["description"] = ome_xml(plan)
        tags["subifds"] = len(levels) - 1
    return tags


def _bands(
    plan: Plan, levels: tuple[Level, ...], coarser: list[Pixels], progress: Progress | None
) -> Iterator[Pixels]:
    """Level 0 from top to bottom in bands of 512 rows, each square painted by one thread.

    Leaves the means of every square in the coarser levels.
    """
    whole = plan.size.box()
    steps = [round(level.scale_y) for level in levels]
    near = sum(step <= PAINT_PX for step in steps)

    def fill(square: Box) -> None:
        pixels = paint(plan, square)
        band[:, square.left : square.right] = pixels
        means = level_means(pixels, steps[:near])
        for step, mean, level in zip(steps[1:near], means[1:], coarser, strict=False):
            row, column = square.top // step, square.left // step
            level[row : row + mean.shape[0], column : column + mean.shape[1]] = mean

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for top in range(0, whole.height, PAINT_PX):
            strip = Box(top, 0, PAINT_PX, whole.width).intersect(whole)
            band = np.empty((*strip.size.shape, 3), np.uint8)
            for _ in pool.map(fill, strip.pieces(Size(PAINT_PX, PAINT_PX))):
                pass
            # All that follows a band is done before it is handed on: nobody asks again after the
            # last one.
            if strip.bottom == whole.bottom:
                _fill_further(coarser, levels)
            if progress is not None:
                progress(strip.bottom / whole.height)
            yield band


def _fill_further(coarser: list[Pixels], levels: tuple[Level, ...]) -> None:
    """Levels beyond the painted square: means of the coarsest one that fits into it."""
    near = sum(level.scale_y <= PAINT_PX for level in levels)
    if near == len(levels):
        return
    steps = [round(level.scale_y) // PAINT_PX for level in levels[near:]]
    for waiting, mean in zip(
        coarser[near - 1 :], level_means(coarser[near - 2], steps), strict=True
    ):
        waiting[:] = mean


def _cut(level: Pixels) -> Iterator[Pixels]:
    for top in range(0, len(level), TILE_PX):
        yield np.asarray(level[top : top + TILE_PX])


def _tiles(bands: Iterator[Pixels], has_alpha: bool) -> Iterator[Pixels]:
    """Cut tiles row by row; border tiles repeat their last pixels, so that JPEG does not ring."""
    for band in bands:
        for place in _places(band):
            tile = band[place.slices]
            rows, columns = TILE_PX - place.height, TILE_PX - place.width
            if rows or columns:
                tile = np.pad(tile, ((0, rows), (0, columns), (0, 0)), mode="edge")
            if has_alpha:
                tile = np.dstack([tile, np.full((TILE_PX, TILE_PX), 255, np.uint8)])
            yield np.ascontiguousarray(tile)


def _places(band: Pixels) -> Iterator[Box]:
    """The tiles of a band, row by row; those at its end are cut."""
    yield from Size(*band.shape[:2]).box().pieces(Size(TILE_PX, TILE_PX))
