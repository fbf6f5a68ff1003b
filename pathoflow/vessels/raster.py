"""Outlines back to pixels: which pixels of a box have their centre inside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry
from skimage.draw import polygon as fill_polygon

from pathoflow.space import Box, Frame, from_xy


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
    window = box_around(part, frame).grow(1).intersect(box)
    if window.is_empty:
        return
    own = np.zeros(window.size.shape, bool)
    for number, ring in enumerate([part.exterior, *part.interiors]):
        yx = from_xy(np.asarray(ring.coords)) / (frame.scale_y, frame.scale_x)
        # The centre of pixel (i, j) lies at (i + 0.5, j + 0.5).
        rows, columns = fill_polygon(
            yx[:, 0] - window.top - 0.5, yx[:, 1] - window.left - 0.5, own.shape
        )
        own[rows, columns] = number == 0
    mask[window.within(box).slices] |= own
