"""Write a painted slide as a pyramidal tiled TIFF that OpenSlide opens as an Aperio slide.

Level 0 is painted once, in bands of 512 rows, several squares at a time; the same bands give the
rounded means of the coarser levels, which wait in a file beside the slide until their turn. Memory
is bounded by a few bands.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray

from pathoflow.errors import EnvironmentFault, NoSpace
from pathoflow.phantom.file.levels import PAINT_PX, plan_levels
from pathoflow.phantom.painter.slide import box_mean, paint
from pathoflow.phantom.plan.slide import GENERATOR_VERSION, Plan, plan_slide
from pathoflow.phantom.recipe.spec import PhantomSpec
from pathoflow.phantom.truth.files import write_truth
from pathoflow.space import Box, Size

_TILE_PX = 256
Progress = Callable[[float], None]


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
    levels = plan_levels(plan.size)
    coarser: list[NDArray[np.uint8]] = [
        np.lib.format.open_memmap(
            work / f"level{k}.npy", mode="w+", dtype=np.uint8, shape=(*level.size.shape, 3)
        )
        for k, level in enumerate(levels)
        if k
    ]
    steps = [round(level.scale_y) for level in levels[1:]]
    pixels_per_cm = 1e4 / plan.spec.mpp
    with tifffile.TiffWriter(path, bigtiff=plan.size.area > 2**31) as writer:
        for k, level in enumerate(levels):
            bands = (
                _reduced(_bands(plan, progress), steps, coarser) if k == 0 else _cut(coarser[k - 1])
            )
            writer.write(
                _tiles(bands),
                shape=(*level.size.shape, 3),
                dtype=np.uint8,
                tile=(_TILE_PX, _TILE_PX),
                photometric="rgb",
                compression="jpeg",
                compressionargs={"level": plan.spec.jpeg_quality},
                description=_description(plan, level.size),
                resolution=(pixels_per_cm / level.scale_y,) * 2
                if plan.spec.mpp_in_header
                else None,
                resolutionunit="CENTIMETER" if plan.spec.mpp_in_header else None,
                metadata=None,
                software=None,
                subfiletype=1 if k else 0,
            )


def _description(plan: Plan, size: Size) -> str:
    """What OpenSlide reads: the vendor from the first word, scale and objective from the fields."""
    spec = plan.spec
    fields = [
        f"Aperio pathoflow phantom {GENERATOR_VERSION}\r\n"
        f"{size.width}x{size.height} ({_TILE_PX}x{_TILE_PX}) JPEG/RGB Q={spec.jpeg_quality}",
        f"AppMag = {10 / spec.mpp:g}",
    ]
    if spec.mpp_in_header:
        fields.append(f"MPP = {spec.mpp:.6g}")
    fields += ["Synthetic = 1", f"Phantom seed = {spec.seed}", f"Phantom family = {spec.family}"]
    return "|".join(fields)


def _bands(plan: Plan, progress: Progress | None) -> Iterator[NDArray[np.uint8]]:
    """Level 0 from top to bottom in bands of 512 rows, each square painted by one thread."""
    whole = plan.size.box()
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for top in range(0, whole.height, PAINT_PX):
            band = Box(top, 0, PAINT_PX, whole.width).intersect(whole)
            squares = list(band.pieces(Size(PAINT_PX, PAINT_PX)))
            painted = list(pool.map(lambda square: paint(plan, square), squares))
            # Told before the band is handed on: nobody asks again after the last one.
            if progress is not None:
                progress(min(1.0, (top + PAINT_PX) / whole.height))
            yield np.concatenate(painted, axis=1)


def _reduced(
    bands: Iterator[NDArray[np.uint8]], steps: list[int], coarser: list[NDArray[np.uint8]]
) -> Iterator[NDArray[np.uint8]]:
    """Pass the bands on, and leave their means in the coarser levels."""
    top = 0
    for band in bands:
        for step, level in zip(steps, coarser, strict=True):
            mean = box_mean(band, step)
            level[top // step : top // step + len(mean)] = mean
        top += len(band)
        yield band


def _cut(level: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    for top in range(0, len(level), _TILE_PX):
        yield np.asarray(level[top : top + _TILE_PX])


def _tiles(bands: Iterator[NDArray[np.uint8]]) -> Iterator[NDArray[np.uint8]]:
    """Cut tiles row by row; border tiles repeat their last pixels, so that JPEG does not ring."""
    for band in bands:
        rows, cols = (-side % _TILE_PX for side in band.shape[:2])
        full = np.pad(band, ((0, rows), (0, cols), (0, 0)), mode="edge")
        for top in range(0, full.shape[0], _TILE_PX):
            for left in range(0, full.shape[1], _TILE_PX):
                yield np.ascontiguousarray(full[top : top + _TILE_PX, left : left + _TILE_PX])
