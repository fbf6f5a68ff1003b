from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from shapely import Polygon

from pathoflow.store import Result, save_result

Rings = list[list[list[float]]]


@pytest.fixture
def make_result(tmp_path: Path) -> Callable[..., Result]:
    """A valid result whose vessels have the given outlines; the first is the candidate."""

    def make(*outlines: Rings, **vessel: Any) -> Result:
        return save_result(
            tmp_path, _result([_vessel(n, rings, vessel) for n, rings in enumerate(outlines)])
        )

    return make


@pytest.fixture
def square() -> Rings:
    """120 x 90 px at x = 1000, y = 2000."""
    return [[[1000, 2000], [1120, 2000], [1120, 2090], [1000, 2090], [1000, 2000]]]


def _vessel(number: int, rings: Rings, changes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(uuid.UUID(int=number + (4 << 76) + (8 << 60))),
        "outline": {"type": "Polygon", "coordinates": rings},
        "centroid_px": [2045.0, 1060.0],
        "area_um2": 2700.0,
        "equivalent_diameter_um": 58.63,
        "kind": "portal",
        "location": "peritumoral_near",
        "truncated": False,
        "p_vessel": 0.97,
        "p_mvi": 0.93 - number / 1000,
        "n_tumour_cells": 37,
        "n_tumour_cells_interval": [30, 44.5],
        "tumour_in_lumen_fraction": None,
        "attachment": None,
        "dist_edge_um": 4210.0,
        "dist_method": "auto",
        "flags": ["fold", "pen"],
        **changes,
    }


def _result(vessels: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "schema": 1,
        "status": "ok",
        "codes": [],
        "slide": {
            "id": "Fall 7 肝",
            "file_sha256": None,
            "size_px": [40000, 50000],
            "mpp": [0.5, 0.5],
            "mpp_source": "user",
            "vendor": None,
        },
        "tissue": {"area_um2": 2.5e7, "excluded_area_um2": 0, "pieces": 1},
        "tumour": {"area_um2": 4e6, "regions": 1},
        "vessels": vessels,
        "mvi": {"n_candidates": min(1, len(vessels)), "systems": {}, "reviewed": False},
        "provenance": {
            "pathoflow": "0.1.0",
            "commit": None,
            "networks": [{"name": "vessels", "sha256": "cd" * 32}],
            "settings": {},
            "device": "cpu",
            "dtype": "float32",
            "torch": None,
            "started_utc": None,
            "finished_utc": None,
            "tiles": {"done": 1, "skipped": 0, "failed": 0},
            "synthetic": True,
        },
    }


@pytest.fixture
def qupath_problems() -> Callable[[Any], list[str]]:
    """What QuPath 0.5 to 0.7 would stumble over in a parsed file, from its import rules and not from our writer."""
    return lambda data: list(_problems(data))


def _problems(data: Any) -> Iterator[str]:
    if not isinstance(data, dict) or data.get("type") != "FeatureCollection":
        yield "the top level is no FeatureCollection"
        return
    ids = [feature.get("id") for feature in data["features"]]
    if len(set(ids)) < len(ids):
        yield "two objects share an id: a dialog asks to renew them"
    for feature in data["features"]:
        if feature.get("type") != "Feature":
            yield "an object is no Feature"
        yield from _id_problems(feature.get("id"))
        yield from _geometry_problems(feature.get("geometry") or {})
        yield from _property_problems(feature.get("properties") or {})


def _id_problems(identity: Any) -> Iterator[str]:
    try:
        is_same = str(uuid.UUID(identity)) == identity
    except (ValueError, TypeError, AttributeError):
        is_same = False
    if not is_same:
        yield f"the id {identity!r} is no UUID and would be ignored"


def _geometry_problems(geometry: Mapping[str, Any]) -> Iterator[str]:
    if geometry.get("type") not in ("Polygon", "MultiPolygon"):
        yield f"{geometry.get('type')} is no area"
        return
    if extra := set(geometry) - {"type", "coordinates", "plane", "isEllipse"}:
        yield f"geometry holds {extra}"
    is_single = geometry["type"] == "Polygon"
    polygons = [geometry["coordinates"]] if is_single else geometry["coordinates"]
    for rings in polygons:
        yield from _ring_problems(rings)
    reduced = [
        [[(round(x * 100), round(y * 100)) for x, y in ring] for ring in rings]
        for rings in polygons
    ]
    shapes = [Polygon(rings[0], rings[1:]) for rings in reduced if len(rings[0]) >= 4]
    if not all(shape.is_valid for shape in shapes):
        yield "a polygon is invalid on the 0.01 px grid: the whole import fails"
    elif any(shape.area < 100 * 100 for shape in shapes):
        yield "a polygon is smaller than a pixel"
    elif any(a.intersection(b).area > 0 for i, a in enumerate(shapes) for b in shapes[i + 1 :]):
        yield "parts of one object overlap: the whole import fails"


def _ring_problems(rings: Any) -> Iterator[str]:
    for ring in rings:
        if len(ring) < 4 or ring[0] != ring[-1]:
            yield "a ring is not closed"
        for place in ring:
            if len(place) != 2 or any(round(value, 2) != value for value in place):
                yield f"{place} has not two numbers of two decimals"


def _property_problems(properties: Mapping[str, Any]) -> Iterator[str]:
    if properties.get("objectType") not in ("annotation", "detection", "cell", "tile", "tmaCore"):
        yield "no known objectType"
    if not isinstance(properties.get("isLocked", False), bool):
        yield "isLocked is neither true nor false"
    yield from _class_problems(properties.get("classification"))
    for name, value in properties.get("measurements", {}).items():
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            yield f"the measurement {name} is no number"
    for name, value in properties.get("metadata", {}).items():
        if not isinstance(value, str):
            yield f"the metadata {name} is no text"


def _class_problems(found: Any) -> Iterator[str]:
    if found is None or isinstance(found, str):
        return
    color = found.get("color")
    if not (
        isinstance(color, list)
        and len(color) in (3, 4)
        and all(isinstance(one, int) and 0 <= one <= 255 for one in color)
    ):
        yield "a class without colour: unable to parse PathClass"
    names = found.get("names", [found.get("name")])
    if not names or not all(isinstance(name, str) and name.strip() for name in names):
        yield "a class without a name"
    elif any("\n" in name or ":" in name or name.endswith("*") for name in names):
        yield "a class name with a line break, a colon or a star at the end"
