"""Fill outlines on a pixel grid: a pixel is in when its centre lies inside (even-odd rule)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from pathoflow.space import Box, Frame


def polygons_in(shape: BaseGeometry) -> list[Polygon]:
    """The polygons of any geometry; lines and points that clipping leaves behind are dropped."""
    if isinstance(shape, Polygon):
        return [] if shape.is_empty else [shape]
    return [part for piece in getattr(shape, "geoms", ()) for part in polygons_in(piece)]


def draw_shape(
    canvas: NDArray[np.uint32], shape: BaseGeometry, value: int, box: Box, frame: Frame
) -> None:
    """Set the pixels of ``box`` of ``frame`` in ``shape``, a level-0 (x, y) outline, to ``value``."""
    for part in polygons_in(shape):
        left, top, right, bottom = part.bounds
        window = Box.spanning(
            int(np.floor(top / frame.scale_y)),
            int(np.floor(left / frame.scale_x)),
            int(np.ceil(bottom / frame.scale_y)),
            int(np.ceil(right / frame.scale_x)),
        ).intersect(box)
        if not window.is_empty:
            canvas[window.within(box).slices][_inside(part, window, frame)] = value


class Stencil:
    """Outlines with values, found by place: a box draws only what touches it.

    Parameters
    ----------
    outlines
        Pairs of a level-0 (x, y) geometry and its value; later ones cover earlier ones.
    """

    def __init__(self, outlines: Iterable[tuple[BaseGeometry, int]]) -> None:
        parts = [(part, value) for shape, value in outlines for part in polygons_in(shape)]
        self._parts = [part for part, _ in parts]
        self._values = [value for _, value in parts]
        self._tree = shapely.STRtree(self._parts)

    def draw(self, box: Box, frame: Frame) -> NDArray[np.uint32]:
        """The values on ``box`` of ``frame``, 0 where there is none; shape ``box.size.shape``."""
        canvas = np.zeros(box.size.shape, np.uint32)
        place = shapely.box(
            box.left * frame.scale_x,
            box.top * frame.scale_y,
            box.right * frame.scale_x,
            box.bottom * frame.scale_y,
        )
        for k in sorted(self._tree.query(place).tolist()):
            draw_shape(canvas, self._parts[k], self._values[k], box, frame)
        return canvas


def _inside(shape: Polygon, window: Box, frame: Frame) -> NDArray[np.bool_]:
    """Which pixels of the window lie in the polygon, holes left out.

    Every edge toggles the pixels to the right of where it crosses a row of pixel centres; an odd
    number of toggles means inside. Holes need no care of their own.
    """
    toggles = np.zeros((window.height, window.width + 1), np.uint8)
    for ring in (shape.exterior, *shape.interiors):
        xy = np.asarray(ring.coords)
        x = xy[:, 0] / frame.scale_x - window.left
        y = xy[:, 1] / frame.scale_y - window.top
        rows, cols = _crossings(y, x, window)
        np.bitwise_xor.at(toggles, (rows, cols), np.uint8(1))
    return np.asarray(np.bitwise_xor.accumulate(toggles[:, :-1], axis=1), bool)


def _crossings(
    y: NDArray[np.float64], x: NDArray[np.float64], window: Box
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and first pixel at or right of each crossing of an edge with a line of pixel centres."""
    y0, y1, x0, x1 = y[:-1], y[1:], x[:-1], x[1:]
    low, high = np.minimum(y0, y1), np.maximum(y0, y1)
    first = np.clip(np.ceil(low - 0.5), 0, window.height).astype(np.int64)
    last = np.clip(np.ceil(high - 0.5), 0, window.height).astype(np.int64)
    count = last - first
    edge = np.repeat(np.arange(len(count)), count)
    # Number the rows of each edge from its first one on.
    rows = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count) + first[edge]
    share = (rows + 0.5 - y0[edge]) / (y1[edge] - y0[edge])
    at = x0[edge] + share * (x1[edge] - x0[edge])
    cols = np.clip(np.ceil(at - 0.5), 0, window.width).astype(np.int64)
    return rows, cols
