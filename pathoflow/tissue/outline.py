"""A labelled piece of a mask to a polygon in level-0 pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from shapely import make_valid
from shapely.geometry import MultiPolygon, Polygon
from shapely.ops import unary_union

from pathoflow.space import Frame, to_xy


def trace_outline(
    inside: NDArray[np.bool_], corner_px: tuple[int, int], frame: Frame
) -> Polygon | MultiPolygon:
    """Draw the outline of one connected piece.

    Parameters
    ----------
    inside
        True on the piece, shape ``(h, w)``, cut to its bounds.
    corner_px
        Row and column of ``inside[0, 0]`` in ``frame``.
    frame
        Grid of ``inside``.

    Returns
    -------
    A valid polygon with holes, in level-0 pixels, (x, y). It follows the edges of the pixels with corners cut by half a
    pixel.
    """
    from skimage.measure import find_contours

    padded = np.pad(inside, 1)
    scale = np.array([frame.scale_y, frame.scale_x])
    # In padded indices a pixel's centre is a whole number; + 0.5 - 1 moves it to the frame's pixel edges.
    offset = np.array(corner_px) - 0.5
    rings = [
        to_xy((contour + offset) * scale)
        for contour in find_contours(padded, 0.5, fully_connected="high")
        if len(contour) >= 4
    ]
    shells = sorted((Polygon(ring) for ring in rings), key=lambda ring: ring.area, reverse=True)
    # Connected over corners, so exactly one ring is the outside and all others are holes in it.
    outline = Polygon(shells[0].exterior, [hole.exterior for hole in shells[1:]])
    tolerance = float(scale.min()) * _SIMPLIFY_PX
    return _polygons_only(make_valid(outline.simplify(tolerance)))


# A quarter of a mask pixel removes the points of straight runs and moves no edge visibly.
_SIMPLIFY_PX = 0.25


def _polygons_only(shape: object) -> Polygon | MultiPolygon:
    """Keep the areas of a repaired shape; repair may leave lines and points behind."""
    if isinstance(shape, Polygon | MultiPolygon):
        return shape
    parts = [part for part in getattr(shape, "geoms", ()) if isinstance(part, Polygon)]
    joined = unary_union(parts)
    return joined if isinstance(joined, Polygon | MultiPolygon) else Polygon()
