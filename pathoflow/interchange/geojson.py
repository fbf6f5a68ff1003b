"""Outlines to the GeoJSON that QuPath 0.5 to 0.7 imports without a script; `pathoflow.data.outlines` reads it.

GeoJSON and shapely are (x, y) in level-0 pixels. QuPath crops some slides to their scanned bounds and then counts
from the corner of those; such files say so in ``metadata.origin`` of every object.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from pathoflow.data.outlines import LEVEL0, OPENSLIDE_BOUNDS, mended, moved
from pathoflow.space import Box
from pathoflow.space.raster import polygons_in
from pathoflow.store import Result, write_text

RESEARCH_USE = "For research use only; machine proposals, to be reviewed by a pathologist."

#: Since QuPath 0.6 every geometry is reduced to this grid, and one that turns invalid there fails the whole import.
GRID_PX = 0.01
_MIN_AREA_PX2 = 1.0

_VESSEL = {"names": ["Vessel"], "color": [0, 114, 178]}
# Not "MVI": before review it is a proposal, and a class name is all that many viewers show.
_CANDIDATE = {"names": ["Vessel", "MVI candidate"], "color": [200, 0, 0]}

#: Key of the vessel row -> name that QuPath shows in its tables.
_MEASUREMENTS = {
    "p_vessel": "p vessel",
    "p_mvi": "p MVI",
    "area_um2": "Area um^2",
    "equivalent_diameter_um": "Equivalent diameter um",
    "n_tumour_cells": "Tumour cells",
    "tumour_in_lumen_fraction": "Tumour in lumen fraction",
    "dist_edge_um": "Distance to tumour um",
}
_METADATA = ("kind", "location", "attachment", "dist_method")


def write_geojson(result: Result, path: Path, *, bounds: Box | None = None) -> tuple[str, ...]:
    """Write the vessels of ``result`` as annotations that QuPath imports; atomic.

    Parameters
    ----------
    result
        The one source: no pixels are read.
    path
        ``.geojson`` or ``.json``.
    bounds
        The scanned part of the slide, where QuPath will crop to it (`Result.bounds`): its corner is subtracted.

    Returns
    -------
    tuple of str
        Ids of vessels that have no area of one pixel to draw; the file names them too.

    Raises
    ------
    NoSpace, EnvironmentFault
        The file cannot be written.
    """
    candidates = {vessel["id"] for vessel in result.candidates}
    shared = _shared_metadata(result, bounds)
    features: list[dict[str, Any]] = []
    undrawn: list[str] = []
    for number, vessel in enumerate(result.vessels, start=1):
        drawn = _drawable(moved(shape(vessel["outline"]), bounds, -1))
        if drawn is None:
            undrawn.append(vessel["id"])
            continue
        feature = _feature(vessel, drawn, vessel["id"] in candidates)
        feature["properties"]["name"] = f"V{number:04d}"
        feature["properties"]["metadata"] |= shared
        features.append(feature)
    about = {
        "note": RESEARCH_USE,
        "slide": result.slide_id,
        "status": result.status,
        "origin": shared["origin"],
        "not_drawn": undrawn,
        "provenance": result.data["provenance"],
    }
    collection = {"type": "FeatureCollection", "features": features, "pathoflow": about}
    write_text(path, json.dumps(collection, ensure_ascii=False, allow_nan=False) + "\n")
    return tuple(undrawn)


def _feature(
    vessel: Mapping[str, Any], drawn: Polygon | MultiPolygon, is_candidate: bool
) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": vessel["id"],
        "geometry": _rounded(drawn),
        "properties": {
            "objectType": "annotation",
            "classification": _CANDIDATE if is_candidate else _VESSEL,
            "isLocked": False,
            "measurements": _measurements(vessel),
            "metadata": _metadata(vessel, is_candidate),
        },
    }


def _drawable(geometry: BaseGeometry) -> Polygon | MultiPolygon | None:
    """The polygonal parts of ``geometry``, valid on QuPath's grid, without specks; None where nothing is left."""
    snapped = shapely.transform(geometry, lambda xy: xy.round(2))
    if isinstance(snapped, Polygon) and snapped.is_valid and snapped.area >= _MIN_AREA_PX2:
        # Nearly every outline: nothing to mend, so its vertices keep their order.
        return snapped
    parts = _large_parts(mended(geometry))
    # Snapping may pinch a part in two or flatten it, so the parts are weighed again.
    parts = _large_parts(shapely.set_precision(MultiPolygon(parts), GRID_PX))
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _large_parts(geometry: BaseGeometry) -> list[Polygon]:
    return [part for part in polygons_in(geometry) if part.area >= _MIN_AREA_PX2]


def _rounded(geometry: Polygon | MultiPolygon) -> dict[str, Any]:
    """GeoJSON whose numbers print with two decimals; they are on the grid already, up to the last bit."""
    raw = mapping(geometry)

    def to_rings(polygon: Any) -> list[list[list[float]]]:
        return [[[round(x, 2), round(y, 2)] for x, y in ring] for ring in polygon]

    if raw["type"] == "Polygon":
        return {"type": "Polygon", "coordinates": to_rings(raw["coordinates"])}
    return {"type": "MultiPolygon", "coordinates": [to_rings(one) for one in raw["coordinates"]]}


def _measurements(vessel: Mapping[str, Any]) -> dict[str, float]:
    """Known numbers only: QuPath refuses words and skips null with a warning."""
    found = {name: vessel[key] for key, name in _MEASUREMENTS.items() if vessel[key] is not None}
    if vessel["n_tumour_cells_interval"] is not None:
        low, high = vessel["n_tumour_cells_interval"]
        found |= {"Tumour cells low": low, "Tumour cells high": high}
    return found


def _metadata(vessel: Mapping[str, Any], is_candidate: bool) -> dict[str, str]:
    """What is no number, as text: QuPath stores metadata as text."""
    known = {key: str(vessel[key]) for key in _METADATA if vessel[key] is not None}
    known["state"] = "candidate" if is_candidate else "not called"
    known["truncated"] = "true" if vessel["truncated"] else "false"
    if vessel["flags"]:
        known["flags"] = ";".join(vessel["flags"])
    return known


def _shared_metadata(result: Result, bounds: Box | None) -> dict[str, str]:
    provenance = result.data["provenance"]
    mpp = result.data["slide"]["mpp"]
    return {
        "origin": LEVEL0 if bounds is None else OPENSLIDE_BOUNDS,
        "reviewed": "true" if result.data["mvi"]["reviewed"] else "false",
        "mpp": "unknown" if mpp is None else f"{result.slide_mpp.mean:.6g}",
        "model_sha256": ";".join(network["sha256"] for network in provenance["networks"]),
        "pathoflow": provenance["pathoflow"],
        "note": RESEARCH_USE,
    }
