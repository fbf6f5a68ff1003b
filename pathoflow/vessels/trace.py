"""Label map to vessel records: smooth outlines in level-0 pixels, areas, diameters, cut edges."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from shapely import Polygon, affinity, make_valid
from skimage.measure import find_contours

from pathoflow.space import Box, Frame, Mpp, Point, to_xy
from pathoflow.space.raster import polygons_in
from pathoflow.store import Pyramid
from pathoflow.vessels.label import VesselObject
from pathoflow.vessels.record import Vessel

# Outlines are simplified by at most this many pixels of the map: invisible, and a fifth of the points.
_SIMPLIFY_PX = 0.4


@dataclass(frozen=True)
class Traced:
    """What outlines are traced from: the label map, its grid, and the slide they belong to."""

    labels: Pyramid
    frame: Frame
    slide_mpp: Mpp
    #: Seed of the vessels' UUIDs: the slide's SHA-256.
    slide_sha256: str
    #: Tissue under a box of the map, to see which vessels are cut by the tissue's edge.
    tissue: Callable[[Box], NDArray[np.bool_]]


def trace_vessels(source: Traced, objects: Sequence[VesselObject]) -> list[Vessel]:
    """One record per object, in the order of their numbers; objects too thin to have an area are left out."""
    vessels = []
    for found in objects:
        box = found.box.grow(2)
        mask = ndimage.binary_fill_holes(source.labels.read(box) == found.label)
        outline = trace_mask(mask, box, source.frame)
        if outline is None:
            continue
        vessels.append(_record(source, found, outline, _is_cut(mask, box, source)))
    return vessels


def trace_mask(mask: NDArray[np.bool_], box: Box, frame: Frame) -> Polygon | None:
    """The largest outer contour of ``mask`` (which lies at ``box`` of ``frame``) in level-0 pixels, (x, y)."""
    parts = trace_level(mask, 0.5, box, frame)
    return max(parts, key=lambda part: part.area, default=None)


def trace_level(
    values: NDArray[np.generic],
    level: float,
    box: Box,
    frame: Frame,
    simplify_px: float = _SIMPLIFY_PX,
) -> list[Polygon]:
    """Every contour of ``values`` (at ``box`` of ``frame``) at ``level``, filled, in level-0 pixels, (x, y).

    Around ``values`` everything is 0. Contours run between the pixels' centres, so a map of probabilities is traced
    more finely than its pixels.
    """
    # Contours run through pixel centres: -1 for the padding, +0.5 to count from the pixel's corner.
    rings = find_contours(np.pad(values, 1), level, fully_connected="high")
    parts: list[Polygon] = []
    for ring in rings:
        yx = (ring - 0.5) + (box.top, box.left)
        whole = Polygon(to_xy(yx))
        # Simplified in pixels of the map: at level 0 they need not be square.
        rough = whole.simplify(simplify_px) if simplify_px else whole
        parts += [Polygon(part.exterior) for part in polygons_in(make_valid(rough))]
    return [affinity.scale(part, frame.scale_x, frame.scale_y, origin=(0, 0)) for part in parts]


def _is_cut(mask: NDArray[np.bool_], box: Box, source: Traced) -> bool:
    size = source.labels.size
    ring = ndimage.binary_dilation(mask, iterations=2) & ~mask
    inside = box.intersect(size.box())
    tissue = np.zeros(box.size.shape, bool)
    tissue[inside.within(box).slices] = source.tissue(inside)
    return bool((ring & ~tissue).any())


def _record(source: Traced, found: VesselObject, outline: Polygon, is_cut: bool) -> Vessel:
    left, top, right, bottom = outline.bounds
    area_um2 = outline.area * source.slide_mpp.pixel_area_um2
    row, column = found.first_px
    name = f"pathoflow vessel {source.slide_sha256} {row} {column} {source.frame.scale_y:.6f}"
    return Vessel(
        id=str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
        label=found.label,
        outline=outline,
        centroid=Point(outline.centroid.y, outline.centroid.x),
        box=Box.spanning(math.floor(top), math.floor(left), math.ceil(bottom), math.ceil(right)),
        area_um2=area_um2,
        equivalent_diameter_um=2 * math.sqrt(area_um2 / math.pi),
        p_vessel=found.mean_probability,
        is_truncated=is_cut,
    )
