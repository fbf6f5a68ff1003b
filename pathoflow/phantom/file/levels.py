"""The pyramid of a painted slide: the same levels for the virtual and the written one."""

from __future__ import annotations

import math

from pathoflow.slide.reader import Level
from pathoflow.space import Size

#: Side of the squares that reader and writer paint at a time; every level's step divides it.
PAINT_PX = 512
_STEPS = (1, 4, 16)
_FURTHER, _LARGE_PX = 64, 1024


def level_steps(size: Size) -> tuple[int, ...]:
    """Level-0 pixels per pixel of each level: 1, 4, 16, and 64 where 16 leaves over 1,024 pixels."""
    large = max(size.shape) > _LARGE_PX * _STEPS[-1]
    return (*_STEPS, _FURTHER) if large else _STEPS


def plan_levels(size: Size) -> tuple[Level, ...]:
    """The levels; a last row or column that is not whole averages the pixels that are there."""
    return tuple(
        Level(
            Size(math.ceil(size.height / step), math.ceil(size.width / step)),
            float(step),
            float(step),
        )
        for step in level_steps(size)
    )
