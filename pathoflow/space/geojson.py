"""A polygon as GeoJSON, as results and journals keep it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapely import Polygon
from shapely.geometry import shape


def polygon_json(shape: Polygon) -> dict[str, Any]:
    """A polygon as GeoJSON in level-0 (x, y), to a hundredth of a pixel."""
    rings = [shape.exterior, *shape.interiors]
    return {
        "type": "Polygon",
        "coordinates": [[[round(x, 2), round(y, 2)] for x, y in ring.coords] for ring in rings],
    }


def polygon_of(plain: Mapping[str, Any]) -> Polygon:
    """The polygon of such a GeoJSON.

    Raises
    ------
    ValueError
        It is none.
    """
    found = shape(dict(plain))
    if not isinstance(found, Polygon):
        raise ValueError(f"a polygon is needed, not a {found.geom_type}")
    return found
