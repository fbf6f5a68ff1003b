"""Outlines of what is true as GeoJSON features that QuPath imports."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import shapely
from shapely import Polygon, make_valid, simplify, unary_union
from shapely.geometry.base import BaseGeometry

from pathoflow.phantom.plan.vessel import Vessel
from pathoflow.phantom.truth.names import colour_of, part_uuid, vessel_class
from pathoflow.phantom.truth.outlines import Truth
from pathoflow.phantom.truth.raster import polygons_in

#: Outlines leave out vertices that matter less than this, of small ones less than this share of
#: their width; coordinates have two decimals.
_SIMPLIFY_PX, _SIMPLIFY_SHARE, _GRID_PX = 0.2, 0.005, 0.01
#: Facts of a vessel that QuPath shows beside its measurements.
_METADATA = ("kind", "role", "content", "location", "label")


def vessel_feature(truth: Truth, vessel: Vessel, row: Mapping[str, Any]) -> dict[str, Any] | None:
    """One vessel with its facts, which are those of `vessel_row`; None if it is only a crumb."""
    label = f"V{vessel.index + 1:04d}"
    feature = _feature(truth.wall(vessel), row["id"], vessel_class(row), label)
    if feature is not None:
        numbers = {"Tumour cells": row["n_tumour_cells"], "Area um^2": row["area_um2"]}
        if row["dist_edge_um"] is not None:
            numbers["Distance to tumour um"] = row["dist_edge_um"]
        feature["properties"]["measurements"] = numbers
        feature["properties"]["metadata"] |= {key: str(row[key]) for key in _METADATA}
    return feature


def truth_features(truth: Truth, vessels: list[dict[str, Any]]) -> dict[str, Any]:
    """The content of ``truth.geojson``, level-0 (x, y): the vessels' features and all areas."""
    features = [*vessels]
    for names, shapes in _areas(truth):
        features += _parts(truth, names, shapes)
    return {"type": "FeatureCollection", "features": features}


def _areas(truth: Truth) -> list[tuple[list[str], list[BaseGeometry]]]:
    """Everything that is no vessel: class names and the outlines of that class."""
    mass = [] if truth.mass is None else [unary_union([truth.mass, *truth.islands])]
    found: list[tuple[list[str], list[BaseGeometry]]] = [
        (["Tumour"], mass),
        (["Tumour", "Satellite"], [*truth.satellites]),
        (["Capsule"], [] if truth.capsule is None else [truth.capsule]),
    ]
    kinds = sorted({kind for kind, _ in truth.artefacts})
    found += [(["Artefact", kind], [o for k, o in truth.artefacts if k == kind]) for kind in kinds]
    return found


def _parts(truth: Truth, names: list[str], shapes: Iterable[BaseGeometry]) -> list[dict[str, Any]]:
    parts = [part for shape in shapes for part in polygons_in(shape)]
    label = names[-1] if names[0] == "Tumour" else ": ".join(names)
    drawn = [
        # Names of the mass have been "tumour 0" and so on from the first version on.
        _feature(part, part_uuid(truth.plan.spec, label.lower(), k), names, label)
        for k, part in enumerate(parts)
    ]
    return [feature for feature in drawn if feature is not None]


def _feature(shape: Polygon, name: str, classes: list[str], label: str) -> dict[str, Any] | None:
    """One annotation; None where nothing is left of a crumb on QuPath's grid."""
    tolerance = min(_SIMPLIFY_PX, _SIMPLIFY_SHARE * math.sqrt(shape.area))
    tidy = shapely.set_precision(make_valid(simplify(shape, tolerance)), _GRID_PX)
    largest = max(polygons_in(tidy), key=lambda part: float(part.area), default=None)
    if largest is None:
        return None
    rings = [largest.exterior, *largest.interiors]
    return {
        "type": "Feature",
        "id": name,
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[round(x, 2), round(y, 2)] for x, y in ring.coords] for ring in rings],
        },
        "properties": {
            "objectType": "annotation",
            "name": label,
            "classification": {"names": classes, "color": list(colour_of(classes))},
            "isLocked": False,
            "measurements": {},
            "metadata": {"data": "synthetic"},
        },
    }
