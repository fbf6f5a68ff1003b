"""Outlines back to pixels: which pixels of a box have their centre inside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from pathoflow.space.box import Box
from pathoflow.space.frame import Frame
from pathoflow.space.xy import from_xy


def paint_outlines(shapes: Iterable[BaseGeometry], box: Box, frame: Frame) -> NDArray[np.bool_]:
    """Pixels of ``box`` of ``frame`` whose centre lies in any of ``shapes`` (level-0 (x, y)); holes stay empty."""
    mask = np.zeros(box.size.shape, bool)
    for shape in shapes:
        for part in polygons_in(shape):
            _paint(mask, part, box, frame)
    return mask


def polygons_in(shape: BaseGeometry) -> Iterator[Polygon]:
    """The polygons of any geometry; lines and points are passed over."""
    if isinstance(shape, Polygon):
        if not shape.is_empty:
            yield shape
        return
    for part in getattr(shape, "geoms", ()):
        yield from polygons_in(part)


def box_around(shape: BaseGeometry, frame: Frame) -> Box:
    """The smallest box of ``frame`` that holds ``shape`` (level-0 (x, y))."""
    left, top, right, bottom = shape.bounds
    level0 = Box.spanning(
        int(np.floor(top)), int(np.floor(left)), int(np.ceil(bottom)), int(np.ceil(right))
    )
    return frame.box_from_level0(level0)


def _paint(mask: NDArray[np.bool_], part: Polygon, box: Box, frame: Frame) -> None:
    """Paint one polygon: a pixel is in where an odd number of edges lie left of its centre, so holes stay out."""
    window = box_around(part, frame).intersect(box)
    if window.is_empty:
        return
    turns = np.zeros((window.height, window.width + 1), bool)
    for ring in (part.exterior, *part.interiors):
        yx = from_xy(np.asarray(ring.coords)) / (frame.scale_y, frame.scale_x)
        # The centre of pixel (i, j) lies at (i + 0.5, j + 0.5): count from there.
        yx -= (window.top + 0.5, window.left + 0.5)
        np.logical_xor.at(turns, _crossings(yx, window), True)
    mask[window.within(box).slices] |= np.logical_xor.accumulate(turns[:, :-1], axis=1)


def _crossings(yx: NDArray[np.float64], window: Box) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and column of the first pixel centre at or right of each place where the ring crosses a row of centres."""
    start, end = yx[:-1], yx[1:]
    upper = np.minimum(start[:, 0], end[:, 0])
    lower = np.maximum(start[:, 0], end[:, 0])
    first = np.ceil(upper).clip(0, window.height).astype(np.int64)
    past = np.ceil(lower).clip(0, window.height).astype(np.int64)
    counts = past - first
    edge = np.repeat(np.arange(len(counts)), counts)
    # The rows of each edge, from its first one on.
    rows = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts) + first[edge]
    share = (rows - start[edge, 0]) / (end[edge, 0] - start[edge, 0])
    across = start[edge, 1] + share * (end[edge, 1] - start[edge, 1])
    return rows, np.ceil(across).clip(0, window.width).astype(np.int64)
