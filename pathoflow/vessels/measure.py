"""The measurements of one vessel: its lumen, its wall and its shape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon, affinity

from pathoflow.space import Box, Frame, Mpp
from pathoflow.space.raster import polygons_in
from pathoflow.vessels.trace import trace_level

#: The inner border runs where the probability of lumen is a half.
_LEVEL = 127.5
#: The wall is measured from so many places along the lumen at most, and from one in every 2 µm at most.
_MOST_PLACES, _STEP_UM = 400, 2.0


@dataclass(frozen=True)
class LumenPatch:
    """The probability of lumen under one vessel."""

    #: 0 to 255; shape of ``box``.
    values: NDArray[np.uint8]
    #: Pixels of ``frame``; holds the whole vessel.
    box: Box
    frame: Frame


@dataclass(frozen=True, slots=True)
class VesselShape:
    """What was measured; the first three are None where no map of lumens was there to measure from."""

    #: Inner border of the wall in level-0 pixels, (x, y), without holes; also None where no lumen shows.
    lumen: Polygon | None
    #: Area of the lumen over area of the vessel, 0 to 1; 0 where no lumen shows.
    lumen_fraction: float | None
    #: Median over the lumen's border of the distance to the outer outline, µm; None without a lumen.
    wall_thickness_um: float | None
    #: Long over short side of the smallest rectangle around the vessel, 1 or more.
    elongation: float
    #: Area over area of the convex hull, 0 to 1: low where the vessel bends or folds.
    solidity: float
    #: Length of the outer outline, µm.
    perimeter_um: float


def measure_vessel(outline: Polygon, patch: LumenPatch | None, slide_mpp: Mpp) -> VesselShape:
    """Measure one vessel from its ``outline`` (level-0 (x, y)) and the map of lumens under it.

    The lumen is the largest contour at a probability of one half, with what it encloses, as far as it lies inside
    the outline: content counts as lumen, a plug that fills it too.

    The truth of a wall is the same median between two true outlines. Both outlines of a stored vessel come from
    pixels; what that adds at 2 µm per pixel is noise of about half a micrometre and hardly any bias, as long as the
    two maps are right: the tests measure annuli of known walls. A wall thinner than a pixel (central veins: 1 to 3 µm)
    is told apart from none, but not measured. Where the tissue's edge cuts a vessel, the cut counts as wall of no
    thickness; the median bears that until the cut is as long as the wall that is left.
    """
    outer = _in_um(outline, slide_mpp)
    lumen, fraction, wall_um = None, None, None
    if patch is not None:
        lumen = _lumen(outline, patch)
        inner = None if lumen is None else _in_um(lumen, slide_mpp)
        fraction = 0.0 if inner is None else min(1.0, inner.area / outer.area)
        wall_um = None if inner is None else _wall_um(inner, outer)
    return VesselShape(
        lumen=lumen,
        lumen_fraction=fraction,
        wall_thickness_um=wall_um,
        elongation=elongation(outer),
        solidity=min(1.0, outer.area / outer.convex_hull.area),
        perimeter_um=float(outer.length),
    )


def elongation(shape: Polygon) -> float:
    """Long over short side of the smallest rectangle around ``shape``; a circle gives 1."""
    corners = shapely.get_coordinates(shape.minimum_rotated_rectangle)
    sides = np.hypot(*np.diff(corners[:3], axis=0).T)
    return float(sides.max() / max(sides.min(), 1e-9))


def _in_um(shape: Polygon, mpp: Mpp) -> Polygon:
    return affinity.scale(shape, mpp.x, mpp.y, origin=(0, 0))


def _lumen(outline: Polygon, patch: LumenPatch) -> Polygon | None:
    # Not simplified: the lumen of a small artery is three pixels wide.
    found = [
        inside
        for part in trace_level(patch.values, _LEVEL, patch.box, patch.frame, simplify_px=0)
        if part.intersects(outline)
        for inside in polygons_in(part.intersection(outline))
    ]
    if not found:
        return None
    return Polygon(max(found, key=lambda part: part.area).exterior)


def _wall_um(lumen: Polygon, outer: Polygon) -> float:
    border = lumen.exterior
    number = int(np.clip(border.length / _STEP_UM, 8, _MOST_PLACES))
    places = shapely.line_interpolate_point(border, np.arange(number) / number, normalized=True)
    wall = outer.exterior
    shapely.prepare(wall)
    return float(np.median(shapely.distance(wall, places)))
