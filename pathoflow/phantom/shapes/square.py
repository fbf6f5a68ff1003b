"""A square along the axes: a tile of the scanner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon, box

from pathoflow.phantom.shapes.cells import Extent


@dataclass(frozen=True, slots=True)
class Square:
    """A square of ``side_um`` whose upper left corner lies at (``top_um``, ``left_um``)."""

    top_um: float
    left_um: float
    side_um: float

    @property
    def extent_um(self) -> Extent:
        """The square itself."""
        return Extent(
            self.top_um, self.left_um, self.top_um + self.side_um, self.left_um + self.side_um
        )

    def signed_distance(
        self, y_um: NDArray[np.floating], x_um: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """Distance to the nearest side's line in µm, negative inside."""
        half = self.side_um / 2
        dy = np.abs(np.asarray(y_um, np.float64) - (self.top_um + half)) - half
        dx = np.abs(np.asarray(x_um, np.float64) - (self.left_um + half)) - half
        return np.asarray(np.maximum(dy, dx), np.float32)

    def polygon_um(self) -> Polygon:
        """The square in (x, y), µm."""
        e = self.extent_um
        return box(e.left, e.top, e.right, e.bottom)
