"""A polygon as GeoJSON, as results and journals keep it."""

from __future__ import annotations

from typing import Any

from shapely import Polygon


def polygon_json(shape: Polygon) -> dict[str, Any]:
    """A polygon as GeoJSON in level-0 (x, y), to a hundredth of a pixel."""
    rings = [shape.exterior, *shape.interiors]
    return {
        "type": "Polygon",
        "coordinates": [[[round(x, 2), round(y, 2)] for x, y in ring.coords] for ring in rings],
    }
