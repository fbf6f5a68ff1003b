"""The one door between our (y, x) and the (x, y) of GeoJSON and shapely."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def to_xy(yx: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn ``(n, 2)`` rows of (y, x) into rows of (x, y)."""
    return np.ascontiguousarray(yx[:, ::-1])


def from_xy(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn ``(n, 2)`` rows of (x, y) into rows of (y, x)."""
    return np.ascontiguousarray(xy[:, ::-1])
