"""Outlines to and from the GeoJSON that QuPath 0.5 to 0.7 imports without a script.

GeoJSON and shapely are (x, y) in level-0 pixels. QuPath crops some slides to their scanned bounds and then counts
from the corner of those; such files say so in ``metadata.origin`` of every object.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon
from shapely.affinity import translate
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from pathoflow.errors import UsageError
from pathoflow.space import Box
from pathoflow.store import Result, write_text

LEVEL0 = "level0"
OPENSLIDE_BOUNDS = "openslide-bounds"
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


@dataclass(frozen=True, slots=True)
class Outline:
    """One outline read from a file, in level-0 pixels (x, y)."""

    polygon: Polygon | MultiPolygon
    #: As the file says it, where it does.
    id: str | None = None
    name: str | None = None
    #: Class as QuPath writes it, "Vessel: MVI" for a derived one.
    class_name: str | None = None


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
        drawn = _drawable(_moved(shape(vessel["outline"]), bounds, -1))
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


def read_geojson(path: Path, *, bounds: Box | None = None) -> list[Outline]:
    """Read every polygon of a GeoJSON file, whoever wrote it.

    A FeatureCollection, a bare array of features, one feature or one geometry will do, gzipped or not. Repeated keys
    (the last one counts), a byte order mark and unclosed rings are put up with; points and lines are passed over;
    invalid polygons are repaired.

    Parameters
    ----------
    path
        The file.
    bounds
        The scanned part of the slide, for files that count from its corner, which is then added. Objects that say
        ``metadata.origin = "level0"`` are left where they are.

    Raises
    ------
    UsageError
        The file is missing or not GeoJSON, or counts from bounds that were not given.
    """
    try:
        content = path.read_bytes()
        if path.suffix.lower() == ".gz":
            content = gzip.decompress(content)
        data = json.loads(content.decode("utf-8-sig"))
    except (OSError, EOFError) as error:
        raise UsageError(f"{path} could not be read ({error}); check the path") from error
    except ValueError as error:
        raise UsageError(f"{path} is not GeoJSON ({error}); export it again") from error
    try:
        return list(_outlines(data, bounds))
    except _BoundsMissing as error:
        raise UsageError(
            f"the outlines of {path} count from the corner of the slide's scanned bounds, which are not known here; "
            "give the slide they belong to, or export them anew with origin level0"
        ) from error
    except (KeyError, TypeError, AttributeError, ValueError, shapely.errors.ShapelyError) as error:
        raise UsageError(f"{path} is JSON, but not GeoJSON ({error!r}); export it again") from error


class _BoundsMissing(Exception):
    """An object counts from bounds that nobody gave."""


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


def _valid(geometry: BaseGeometry) -> BaseGeometry:
    # "structure" keeps what a ring covers twice; the default would turn it into a hole.
    return shapely.make_valid(geometry, method="structure", keep_collapsed=False)


def _drawable(geometry: BaseGeometry) -> Polygon | MultiPolygon | None:
    """The polygonal parts of ``geometry``, valid on QuPath's grid, without specks; None where nothing is left."""
    snapped = shapely.transform(geometry, lambda xy: xy.round(2))
    if isinstance(snapped, Polygon) and snapped.is_valid and snapped.area >= _MIN_AREA_PX2:
        # Nearly every outline: nothing to mend, so its vertices keep their order.
        return snapped
    parts = _large_parts(_valid(geometry))
    # Snapping may pinch a part in two or flatten it, so the parts are weighed again.
    parts = _large_parts(shapely.set_precision(MultiPolygon(parts), GRID_PX))
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _large_parts(geometry: BaseGeometry) -> list[Polygon]:
    return [
        part
        for part in _leaves(geometry)
        if isinstance(part, Polygon) and part.area >= _MIN_AREA_PX2
    ]


def _leaves(geometry: BaseGeometry) -> Iterator[BaseGeometry]:
    parts = getattr(geometry, "geoms", None)
    if parts is None:
        yield geometry
        return
    for part in parts:
        yield from _leaves(part)


def _moved(geometry: BaseGeometry, bounds: Box | None, sign: int) -> BaseGeometry:
    if bounds is None:
        return geometry
    return translate(geometry, sign * bounds.left, sign * bounds.top)


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


def _outlines(data: Any, bounds: Box | None) -> Iterator[Outline]:
    """Walk collections, arrays, features and children down to polygons."""
    if isinstance(data, list):
        for item in data:
            yield from _outlines(item, bounds)
    elif data["type"] == "FeatureCollection":
        yield from _outlines(data["features"], bounds)
    elif data["type"] != "Feature":
        yield from _outline(data, {}, None, bounds)
    else:
        properties = data.get("properties") or {}
        yield from _outline(data["geometry"], properties, data.get("id"), bounds)
        for children in (data.get("childObjects"), properties.get("childObjects")):
            yield from _outlines(children or [], bounds)


def _outline(
    geometry: Any, properties: Mapping[str, Any], identity: Any, bounds: Box | None
) -> Iterator[Outline]:
    if geometry is None:
        return
    origin = (properties.get("metadata") or {}).get("origin")
    if origin == OPENSLIDE_BOUNDS and bounds is None:
        raise _BoundsMissing
    parts = [
        part
        for part in _leaves(_valid(shape(geometry)))
        if isinstance(part, Polygon) and not part.is_empty
    ]
    if not parts:
        return
    polygon = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    placed = _moved(polygon, None if origin == LEVEL0 else bounds, +1)
    yield Outline(
        placed,  # type: ignore[arg-type]  # moving keeps the kind of shape
        None if identity is None else str(identity),
        properties.get("name"),
        _class_name(properties.get("classification")),
    )


def _class_name(classification: Any) -> str | None:
    if isinstance(classification, Mapping):
        names = classification.get("names") or [classification.get("name")]
        return ": ".join(str(name) for name in names if name) or None
    return None if classification is None else str(classification)
