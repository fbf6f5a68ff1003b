"""Bands along a bent line: strokes of a pen, folds, fibres. A line of points with a half width each.

As with rings, one set of points serves both masters: `place` and `signed_distance` for the painter,
`polygon_um` for the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from shapely import Point, Polygon, unary_union

from pathoflow.phantom.shapes.cells import Extent

#: Points are kept on a lattice of this many steps per µm, so that a last bit of a sine does not
#: move a pixel.
_STEPS_PER_UM = 1024.0
#: Distance that stands for "nowhere near".
FAR_UM = 1e6


@dataclass(frozen=True, eq=False)
class Stroke:
    """A band round the line through ``points_um``, (y, x) in µm: shape ``(n, 2)``, n of 2 and more.

    ``half_um[k]`` is its half width at each point; between points it changes evenly.
    """

    points_um: NDArray[np.float64]
    half_um: NDArray[np.float64]

    @cached_property
    def _segments(self) -> NDArray[np.float64]:
        """Rows of y, x, dy, dx, length, half width, its growth, length so far."""
        start, step = self.points_um[:-1], np.diff(self.points_um, axis=0)
        length = np.sqrt((step * step).sum(axis=1))
        so_far = np.concatenate([[0.0], np.cumsum(length)[:-1]])
        growth = np.diff(self.half_um)
        return np.stack(
            [*start.T, *step.T, length, self.half_um[:-1], growth, so_far], axis=1
        )  # (n - 1, 8)

    @property
    def length_um(self) -> float:
        """Length along the line."""
        return float(self._segments[-1, 7] + self._segments[-1, 4])

    @cached_property
    def bounds_um(self) -> NDArray[np.float64]:
        """Top, left, bottom, right of each segment's band: shape ``(n - 1, 4)``."""
        half = np.maximum(self.half_um[:-1], self.half_um[1:])[:, None]
        low = np.minimum(self.points_um[:-1], self.points_um[1:]) - half
        high = np.maximum(self.points_um[:-1], self.points_um[1:]) + half
        return np.concatenate([low, high], axis=1)

    @cached_property
    def extent_um(self) -> Extent:
        """The box that holds the band."""
        low, high = self.bounds_um.min(axis=0), self.bounds_um.max(axis=0)
        return Extent(float(low[0]), float(low[1]), float(high[2]), float(high[3]))

    def near(self, extent: Extent) -> NDArray[np.intp]:
        """Indices of the segments whose band may reach into ``extent``."""
        top, left, bottom, right = self.bounds_um.T
        meets = (top < extent.bottom) & (bottom > extent.top)
        meets &= (left < extent.right) & (right > extent.left)
        return np.flatnonzero(meets)

    def place(
        self,
        y_um: NDArray[np.floating],
        x_um: NDArray[np.floating],
        segments: NDArray[np.intp] | None = None,
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Where places that broadcast lie in the band: depth, across, along; each in µm.

        ``depth`` is the signed distance to the band's border, negative inside and to first order
        where the width changes; ``across`` the signed distance from the line, at the round ends
        from its straight continuation; ``along`` the way along it. With ``segments`` only those
        are asked; where no other segment's band lies the answer is the same.
        """
        y, x = np.broadcast_arrays(np.asarray(y_um, np.float64), np.asarray(x_um, np.float64))
        depth = np.full(y.shape, FAR_UM)
        across, along = np.zeros(y.shape), np.zeros(y.shape)
        rows = self._segments if segments is None else self._segments[segments]
        for y0, x0, dy, dx, length, half, growth, so_far in rows:
            ry, rx = y - y0, x - x0
            t = np.clip((ry * dy + rx * dx) / (length * length), 0.0, 1.0)
            off_y, off_x = ry - t * dy, rx - t * dx
            away = np.sqrt(off_y * off_y + off_x * off_x)
            here = away - (half + growth * t)
            nearer = here < depth
            depth[nearer] = here[nearer]
            across[nearer] = ((ry * dx - rx * dy) / length)[nearer]
            along[nearer] = (so_far + t * length)[nearer]
        return depth.astype(np.float32), across.astype(np.float32), along.astype(np.float32)

    def signed_distance(
        self, y_um: NDArray[np.floating], x_um: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """Distance to the band's border in µm, negative inside."""
        return self.place(y_um, x_um)[0]

    def polygon_um(self) -> Polygon:
        """The band as a polygon in (x, y), µm; a closed stroke has a hole."""
        discs = [
            Point(x, y).buffer(half, 16)
            for (y, x), half in zip(self.points_um, self.half_um, strict=True)
        ]
        links = [unary_union([a, b]).convex_hull for a, b in pairwise(discs)]
        whole = unary_union(links)
        if not isinstance(whole, Polygon):
            raise AssertionError("neighbouring links of a stroke share a disc")
        return whole


def on_lattice(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to 1/1024 µm, so that no machine's sines show in what is painted from them."""
    return np.asarray(np.round(values * _STEPS_PER_UM) / _STEPS_PER_UM)


def bent_line(
    rng: np.random.Generator,
    start_um: tuple[float, float],
    heading: float,
    length_um: float,
    step_um: float,
    bend: float,
) -> NDArray[np.float64]:
    """Points every ``step_um`` along a smoothly bending line: shape ``(n, 2)``, (y, x).

    ``bend`` is the standard deviation of the whole turn, radians.
    """
    number = max(2, round(length_um / step_um) + 1)
    t = np.linspace(0.0, 1.0, number)
    turn = np.full(number, heading)
    for k in (1, 2, 3):
        turn += rng.normal(0, bend / k**1.3) * np.sin(np.pi * k * t + rng.uniform(0, 2 * np.pi))
    step = length_um / (number - 1)
    ways = np.stack([np.sin(turn), np.cos(turn)], axis=1)[:-1] * step
    return on_lattice(np.concatenate([[start_um], start_um + np.cumsum(ways, axis=0)]))
