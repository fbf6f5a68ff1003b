"""What QuPath 0.5 to 0.7 would stumble over in a GeoJSON file, from its import rules and not from any writer's."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from shapely import Polygon


def qupath_problems(data: Any) -> list[str]:
    """Every fault of a parsed GeoJSON file, in words; none where QuPath imports it without a script.

    Stricter than QuPath itself in what would be lost without a word: identities that are no UUID, numbers that are
    texts. Coordinates are looked at on a grid of 0.01 pixels, to which QuPath reduces them.
    """
    return list(_problems(data))


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
