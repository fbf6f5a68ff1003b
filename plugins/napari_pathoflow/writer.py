"""Drawn outlines as the GeoJSON that QuPath imports."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import numpy as np
from shapely import Polygon
from shapely.geometry import mapping

from napari_pathoflow.layers import rings_drawn
from pathoflow.data.outlines import mended
from pathoflow.errors import UsageError
from pathoflow.space.raster import polygons_in
from pathoflow.store import write_text

_CLASS = {"name": "Vessel", "color": [0, 114, 178]}
_CLOSED = ("polygon", "rectangle", "ellipse")


def write_shapes(path: str, data: Any, about: dict[str, Any]) -> list[str]:
    """Write a Shapes layer; the path is given back.

    Parameters
    ----------
    path
        Ends in ``.geojson``.
    data
        The shapes, (y, x) in the layer's pixels, which must be those of level 0.
    about
        The layer's attributes; ``shape_type`` says what is an area.

    Raises
    ------
    UsageError
        No shape has an area.
    """
    kinds = about.get("shape_type") or ["polygon"] * len(data)
    areas = [np.asarray(shape) for shape, kind in zip(data, kinds, strict=True) if kind in _CLOSED]
    parts = [part for ring in rings_drawn(areas) for part in polygons_in(mended(Polygon(ring)))]
    if not parts:
        raise UsageError(f"{path} was not written: the layer holds no polygons")
    features = [
        {
            "type": "Feature",
            "id": str(uuid.uuid4()),
            "geometry": mapping(part),
            "properties": {
                "objectType": "annotation",
                "classification": _CLASS,
                "metadata": {"origin": "level0"},
            },
        }
        for part in parts
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    write_text(Path(path), text + "\n")
    return [path]
