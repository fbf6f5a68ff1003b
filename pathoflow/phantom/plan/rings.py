"""Many outlines at once: which meet a rectangle, how far the nearest is, which keep clear."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.shapes.cells import Extent
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing

#: At most so many pairs of places and outlines are looked at together.
_PAIRS = 2_000_000


@dataclass(frozen=True, eq=False)
class Rings:
    """A set of outlines with their centres and reaches side by side, for questions about place."""

    rings: tuple[WavyRing, ...]

    def __len__(self) -> int:
        return len(self.rings)

    @cached_property
    def discs_um(self) -> NDArray[np.float64]:
        """Shape ``(n, 3)``: centre (y, x) and reach of every outline, µm."""
        found = [(r.centre_um.y, r.centre_um.x, r.reach_um) for r in self.rings]
        return np.array(found, np.float64).reshape(-1, 3)

    @cached_property
    def _tables(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        radius = np.array([ring.radius_um for ring in self.rings], np.float32)
        lean = np.array([ring.lean for ring in self.rings], np.float32)
        return np.concatenate([radius, radius[:, :1]], axis=1), lean

    def meeting(self, extent: Extent) -> list[WavyRing]:
        """Those whose circles may touch ``extent``, in their own order."""
        y, x, reach = self.discs_um.T
        meets = (y + reach > extent.top) & (y - reach < extent.bottom)
        meets &= (x + reach > extent.left) & (x - reach < extent.right)
        return [self.rings[k] for k in np.flatnonzero(meets)]

    def distance(
        self, y_um: NDArray[np.floating], x_um: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """Signed distance to the nearest outline in µm, negative inside; infinite without any.

        Places broadcast. Exact on the outlines, first order near them.
        """
        y, x = np.broadcast_arrays(np.asarray(y_um, np.float64), np.asarray(x_um, np.float64))
        nearest = np.full(y.size, np.inf, np.float32)
        if self.rings:
            step = max(1, _PAIRS // len(self.rings))
            for start in range(0, y.size, step):
                part = slice(start, start + step)
                nearest[part] = self._nearest(y.ravel()[part], x.ravel()[part])
        return nearest.reshape(y.shape)

    def _nearest(self, y: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float32]:
        cy, cx, reach = self.discs_um.T
        dy, dx = y[:, None] - cy, x[:, None] - cx
        rho = np.sqrt(dy * dy + dx * dx)
        # No outline is nearer than its circle, nor further than its centre.
        place, ring = np.nonzero(rho - reach <= rho.min(axis=1, keepdims=True))
        radius, lean = self._tables
        turn = np.arctan2(dy[place, ring], dx[place, ring]) / (2 * np.pi) % 1.0 * ANGLES
        k = turn.astype(np.int64) % ANGLES
        t = (turn - np.floor(turn)).astype(np.float32)
        edge = radius[ring, k] + (radius[ring, k + 1] - radius[ring, k]) * t
        found = ((rho[place, ring] - edge) / lean[ring, k]).astype(np.float32)
        nearest = np.full(len(y), np.inf, np.float32)
        np.minimum.at(nearest, place, found)
        return nearest

    def clear_of(self, discs_um: NDArray[np.float64], gap_um: float) -> NDArray[np.bool_]:
        """Which outlines keep ``gap_um`` from all discs: rows of centre (y, x) and reach in µm."""
        clear = np.ones(len(self.rings), np.bool_)
        if not len(discs_um) or not self.rings:
            return clear
        own = self.discs_um
        step = max(1, _PAIRS // len(discs_um))
        for start in range(0, len(own), step):
            part = own[start : start + step]
            apart = np.hypot(
                part[:, None, 0] - discs_um[None, :, 0], part[:, None, 1] - discs_um[None, :, 1]
            )
            needed = part[:, None, 2] + discs_um[None, :, 2] + gap_um
            clear[start : start + step] = (apart > needed).all(axis=1)
        return clear
