"""Reviewed outlines as a label set that training reads: one GeoJSON per slide, beside it why vessels were rejected.

    accepted                                   Vessel: MVI
    rejected, and a vessel (blood, ...)        Vessel
    rejected, and no vessel (duct, ...)        nothing: inside its Region it teaches what is no vessel
    deleted                                    nothing, likewise
    uncertain, or not reviewed                 Ignore*
    around everything that was reviewed        Region*

Inside a region everything is known or ignored, so the files follow the rules of `pathoflow.data.labelled`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from pathoflow.mvi import Status
from pathoflow.review.reading import Outline, Reading
from pathoflow.review.records import SlideRecord
from pathoflow.review.words import Named, Reason, VesselWord
from pathoflow.space.geojson import polygon_json, polygon_of

#: How far around a reviewed outline everything is part of what was seen, µm.
MARGIN_UM = 50.0


@dataclass(frozen=True, slots=True)
class Rejection:
    """A vessel that was rejected, with its reason."""

    slide: str
    vessel: str
    reason: str
    p_mvi: float | None


def label_set(slide: str, record: SlideRecord, reading: Reading) -> str | None:
    """The GeoJSON of one slide; None where nothing on it was reviewed."""
    drawn = reading.outlines.get(slide, {})
    outlines: dict[str, Outline] = {name: row["outline"] for name, row in record.rows.items()}
    outlines |= {name: one for name, one in drawn.items() if one is not None}
    gone = {name for name, one in drawn.items() if one is None}
    known = {
        name for name in outlines if _class(reading.on(name)) is not None or name in gone
    }  # fmt: skip
    if not known:
        return None
    margin_px = MARGIN_UM / record.mpp.mean
    zone = shapely.union_all([polygon_of(outlines[name]).buffer(margin_px) for name in known])
    features = [*_regions(zone), *_vessels(outlines, gone, reading, zone)]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, allow_nan=False) + "\n"


def rejections(slide: str, record: SlideRecord, reading: Reading) -> list[Rejection]:
    """Every rejected or deleted vessel of a slide with its reason."""
    drawn = reading.outlines.get(slide, {})
    found = []
    for name in dict.fromkeys([*record.rows, *drawn]):
        word = reading.on(name)
        row: Mapping[str, Any] = record.rows.get(name, {})
        if name in drawn and drawn[name] is None:
            found.append(Rejection(slide, name, "deleted", row.get("p_mvi")))
        elif word.named is Named.DUCT or word.verdict is Status.REJECTED:
            reason = Reason.DUCT if word.named is Named.DUCT else word.reason or Reason.OTHER
            found.append(Rejection(slide, name, str(reason), row.get("p_mvi")))
    return found


def _class(word: VesselWord) -> str | None:
    """The class of an outline, empty for no vessel; None where it was not reviewed."""
    if word.named is Named.DUCT:
        return ""
    if word.verdict is Status.REJECTED:
        return "" if word.reason is not None and word.reason.is_no_vessel else "Vessel"
    return "Vessel: MVI" if word.verdict is Status.ACCEPTED else None


def _regions(zone: BaseGeometry) -> Iterator[dict[str, Any]]:
    for part in shapely.get_parts(zone):
        yield _feature(polygon_json(part), "Region*")


def _vessels(
    outlines: Mapping[str, Outline], gone: set[str], reading: Reading, zone: BaseGeometry
) -> Iterator[dict[str, Any]]:
    shapely.prepare(zone)
    for name, outline in outlines.items():
        named = _class(reading.on(name))
        if (
            name in gone
            or named == ""
            or (named is None and not zone.intersects(polygon_of(outline)))
        ):
            continue
        yield _feature(dict(outline), named or "Ignore*", name)


def _feature(geometry: Any, name: str, vessel: str = "") -> dict[str, Any]:
    about = {
        "objectType": "annotation",
        "classification": {"names": name.split(": "), "color": [0, 158, 115]},
        "metadata": {"origin": "level0"},
    }
    known = {"id": vessel} if vessel else {}
    return {"type": "Feature", **known, "geometry": geometry, "properties": about}
