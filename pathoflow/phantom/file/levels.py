"""The pyramid of a painted slide: the same levels for the virtual and the written one.

A pixel of a level is the rounded mean of all level-0 pixels under it, as in a scanner's pyramid.
Levels whose step exceeds the painted square take the mean of the coarsest level that does not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pathoflow.slide.reader import Level
from pathoflow.space import Size

#: Side of the squares that reader and writer paint at a time; every step up to it divides it.
PAINT_PX = 512
_STEPS = (1, 4, 16)
_FURTHER, _LARGE_PX = 64, 1024


def level_steps(size: Size, halved: int | None = None) -> tuple[int, ...]:
    """Level-0 pixels per pixel of each level.

    Parameters
    ----------
    size
        Level-0 pixels.
    halved
        Asks for so many levels, each half as wide as the one before. None gives 1, 4, 16, and 64
        where 16 leaves over 1,024 pixels.
    """
    if halved is not None:
        return tuple(2**k for k in range(halved))
    large = max(size.shape) > _LARGE_PX * _STEPS[-1]
    return (*_STEPS, _FURTHER) if large else _STEPS


def plan_levels(size: Size, halved: int | None = None) -> tuple[Level, ...]:
    """The levels; a last row or column that is not whole averages the pixels that are there."""
    return tuple(
        Level(
            Size(math.ceil(size.height / step), math.ceil(size.width / step)),
            float(step),
            float(step),
        )
        for step in level_steps(size, halved)
    )


def level_means(pixels: NDArray[np.uint8], steps: Sequence[int]) -> list[NDArray[np.uint8]]:
    """Rounded means of blocks of ``step`` x ``step`` pixels for every step, halves rounded up.

    Ragged edges average what is there. Each step must divide the next one: sums are carried from
    step to step, so that all levels together cost little more than the first.
    """
    height, width = pixels.shape[:2]
    total: NDArray[np.uint8] | NDArray[np.uint32] = pixels
    means, before = [], 1
    for step in steps:
        if step == 1:
            means.append(pixels)
            continue
        total = _block_sums(total, step // before)
        before = step
        count = np.minimum(step, height - np.arange(0, height, step))[:, None] * np.minimum(
            step, width - np.arange(0, width, step)
        )
        twice = 2 * count[:, :, None].astype(np.uint32)
        means.append(((2 * total + twice // 2) // twice).astype(np.uint8))
    return means


def _block_sums(values: NDArray[np.uint8] | NDArray[np.uint32], step: int) -> NDArray[np.uint32]:
    """Sums of blocks; adding every step-th row, then column, is several times faster than reduceat."""
    rows = values[::step].astype(np.uint32)
    for k in range(1, step):
        part = values[k::step]
        rows[: len(part)] += part
    total = np.ascontiguousarray(rows[:, ::step])
    for k in range(1, step):
        beside = rows[:, k::step]
        total[:, : beside.shape[1]] += beside
    return total
