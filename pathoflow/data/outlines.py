"""Outlines read from the GeoJSON that QuPath and others write.

GeoJSON and shapely are (x, y) in level-0 pixels. QuPath crops some slides to their scanned bounds and then counts
from the corner of those; our own files say so in ``metadata.origin`` of every object.
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
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from pathoflow.errors import UsageError
from pathoflow.space import Box
from pathoflow.space.raster import polygons_in

LEVEL0 = "level0"
OPENSLIDE_BOUNDS = "openslide-bounds"


@dataclass(frozen=True, slots=True)
class Outline:
    """One outline read from a file, in level-0 pixels (x, y)."""

    polygon: Polygon | MultiPolygon
    #: As the file says it, where it does.
    id: str | None = None
    name: str | None = None
    #: Class as QuPath writes it, "Vessel: MVI" for a derived one.
    class_name: str | None = None


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


def mended(geometry: BaseGeometry) -> BaseGeometry:
    """The same shape, valid; what a ring covers twice is kept."""
    # The default method would turn it into a hole.
    return shapely.make_valid(geometry, method="structure", keep_collapsed=False)


def moved(geometry: BaseGeometry, bounds: Box | None, sign: int) -> BaseGeometry:
    """Counted from the corner of ``bounds`` (``sign`` -1), or from level 0 again (+1); as it is without bounds."""
    if bounds is None:
        return geometry
    return translate(geometry, sign * bounds.left, sign * bounds.top)


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
    parts = list(polygons_in(mended(shape(geometry))))
    if not parts:
        return
    polygon = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    placed = moved(polygon, None if origin == LEVEL0 else bounds, +1)
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
