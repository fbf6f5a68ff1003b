"""Everything that was measured on one slide, as the `result.json` of schema 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from shapely import Polygon

from pathoflow.errors import Code
from pathoflow.mvi import EdgeDistance, Location, MachineFinding
from pathoflow.pipeline.lumen import LumenContent
from pathoflow.slide import Slide
from pathoflow.space.geojson import polygon_json
from pathoflow.tissue import Flag, QualityReport
from pathoflow.vessels import Region, Vessel, VesselDescription


@dataclass(frozen=True, slots=True)
class Remark:
    """One entry of ``codes``."""

    code: Code
    severity: str
    message: str
    area_um2: float | None = None

    @classmethod
    def of(cls, flag: Flag) -> Remark:
        """What a flag says."""
        return cls(flag.code, flag.severity, flag.message, flag.area_um2)


@dataclass(frozen=True)
class VesselFinding:
    """One vessel with all that is known of it."""

    vessel: Vessel
    description: VesselDescription
    content: LumenContent
    distance: EdgeDistance
    location: Location
    judged: MachineFinding
    #: Number of the tissue piece that it lies on, as in ``labels/tissue``.
    piece: int | None = None


@dataclass
class Analysis:
    """What the stages of one slide found, as far as they came."""

    slide_id: str
    slide: Slide
    quality: QualityReport | None = None
    remarks: list[Remark] = field(default_factory=list)
    tumours: list[Region] = field(default_factory=list)
    findings: list[VesselFinding] = field(default_factory=list)
    systems: dict[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """The slide's one status."""
        severities = {remark.severity for remark in self.remarks}
        if "error" in severities:
            return "failed"
        return "ok_with_warnings" if "warning" in severities else "ok"


def compose_result(analysis: Analysis, provenance: dict[str, Any]) -> dict[str, Any]:
    """The content of `result.json`; the numbers of a failed slide are null, never 0."""
    failed = analysis.status == "failed"
    slide = analysis.slide
    quality = analysis.quality
    bounds = slide.info.bounds
    return {
        "schema": 1,
        "status": analysis.status,
        "codes": [_code(remark) for remark in analysis.remarks],
        "slide": {
            "id": analysis.slide_id,
            "file_sha256": slide.sha256,
            "size_px": [slide.size.height, slide.size.width],
            "mpp": [slide.mpp.y, slide.mpp.x],
            "mpp_source": slide.info.mpp_source,
            "vendor": slide.info.vendor,
        },
        "tissue": {
            "area_um2": round(quality.tissue.area_um2, 1) if quality else None,
            "excluded_area_um2": round(quality.excluded_area_um2, 1) if quality else None,
            "pieces": len(quality.tissue.pieces) if quality else None,
        },
        "tumour": {
            "area_um2": None if failed else round(sum(t.area_um2 for t in analysis.tumours), 1),
            "regions": None if failed else len(analysis.tumours),
        },
        "vessels": [] if failed else [_vessel(found) for found in analysis.findings],
        "mvi": {
            "n_candidates": None
            if failed
            else sum(f.judged.is_candidate for f in analysis.findings),
            "systems": {} if failed else analysis.systems,
            "reviewed": False,
        },
        "provenance": {**provenance, "bounds_px": asdict(bounds) if bounds else None},
    }


def _code(remark: Remark) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "code": str(remark.code),
        "severity": remark.severity,
        "message": remark.message,
    }
    if remark.area_um2 is not None:
        plain["area_um2"] = round(remark.area_um2, 1)
    return plain


def _vessel(found: VesselFinding) -> dict[str, Any]:
    vessel, content = found.vessel, found.content
    shape, kind = found.description.shape, found.description.suggestion
    distance = found.distance.dist_edge_um
    return {
        "id": vessel.id,
        "outline": polygon_json(vessel.outline),
        "centroid_px": [round(vessel.centroid.y, 2), round(vessel.centroid.x, 2)],
        "area_um2": round(vessel.area_um2, 2),
        "equivalent_diameter_um": round(vessel.equivalent_diameter_um, 2),
        "kind": str(kind.kind),
        "kind_probability": _rounded(kind.probability, 4),
        "kind_reasons": list(kind.reasons),
        "muscular_wall": str(kind.muscular_wall),
        "lumen_fraction": _rounded(shape.lumen_fraction, 4),
        "wall_thickness_um": _rounded(shape.wall_thickness_um, 2),
        "elongation": _rounded(shape.elongation, 3),
        "solidity": _rounded(shape.solidity, 4),
        "perimeter_um": _rounded(shape.perimeter_um, 2),
        "piece": found.piece,
        "location": str(found.location),
        "truncated": vessel.is_truncated,
        "p_vessel": round(vessel.p_vessel, 4),
        "p_mvi": round(found.judged.p_mvi, 4),
        "p_mvi_calibrated": found.judged.is_probability,
        "p_mvi_reasons": _reasons(found),
        # What the number was weighed from, beside the cells, so that it can be weighed anew without the slide.
        "p_tumour_in_lumen": round(content.tumour_probability, 4),
        "classifier_odds": _rounded(content.classifier_odds, 4),
        "lining_per_100_um": _rounded(content.lining_per_100_um, 3),
        "tumour_around_fraction": round(content.tumour_around, 4),
        "tumour_cell_share": _rounded(content.tumour_cell_share, 4),
        "n_tumour_cells": content.n_cells,
        "n_tumour_cells_interval": list(content.interval) if content.interval else None,
        "cells_box": content.box,
        "cells_method": content.method,
        "tumour_in_lumen_fraction": round(content.tumour_fraction, 4),
        "attachment": content.attachment,
        # Not rounded: the limit at 10,000 µm is compared as a number.
        "dist_edge_um": distance,
        "dist_method": found.distance.method,
        "flags": list(found.judged.evidence.flags),
    }


def _reasons(found: VesselFinding) -> list[str]:
    """Why the number is what it is; of the hundreds of vessels that nobody need look at, only their sum."""
    if not found.judged.is_candidate:
        return found.judged.reasons[-1:]
    said = found.content.classifier_reason
    return [*found.judged.reasons, *([said] if said else [])]


def _rounded(value: float | None, digits: int) -> float | None:
    """Unknown stays unknown."""
    return None if value is None else round(value, digits)


def outer_rings(shapes: Sequence[Polygon]) -> list[list[tuple[float, float]]]:
    """Outer rings as the report draws them."""
    return [[(round(x, 1), round(y, 1)) for x, y in shape.exterior.coords] for shape in shapes]
