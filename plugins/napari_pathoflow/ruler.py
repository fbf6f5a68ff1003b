"""Lengths in µm: of drawn lines, and from a vessel to its tumour."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pathoflow.space import Mpp, Point

Line = NDArray[np.float64]


def length_um(line: Line, mpp: Mpp) -> float:
    """Length of a drawn line of (y, x) level-0 places; pixels may be longer than wide."""
    steps = np.diff(np.asarray(line, float), axis=0) * (mpp.y, mpp.x)
    return float(np.hypot(steps[:, 0], steps[:, 1]).sum())


def between_um(first: Point, second: Point, mpp: Mpp) -> float:
    """Distance of two level-0 places."""
    return math.hypot((first.y - second.y) * mpp.y, (first.x - second.x) * mpp.x)


def as_line(first: Point, second: Point) -> Line:
    """Two level-0 places as a line of a viewer, whose places count from the centre of the first pixel."""
    return np.array([[first.y - 0.5, first.x - 0.5], [second.y - 0.5, second.x - 0.5]])


def straight(lines: Sequence[Line]) -> list[Line]:
    """The lines among drawn shapes that have two ends or more."""
    return [np.asarray(line, float) for line in lines if len(line) >= 2]
