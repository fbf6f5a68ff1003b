"""A case as the plain values of `case.json`, and back.

What a case was made from (slides, decisions, criteria) is what is read back; what follows from it (grades, rows,
blockers) is written beside it in English for those who read the file, and worked out anew when it is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from pathoflow.mvi.case import Case
from pathoflow.mvi.case_slide import NOT_ANALYSED, CaseSlide, CaseVessel
from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.decisions import AddedVessel, Decisions, VesselDecision
from pathoflow.mvi.evidence import Kind, Location, MuscularWall, Status, TumourBurden
from pathoflow.mvi.kind_counts import CellBox, KindCounts
from pathoflow.mvi.sentences import say
from pathoflow.mvi.settle import SettledVessel
from pathoflow.mvi.site import Site

#: The newest schema of `case.json` that this version reads and the one it writes.
CASE_SCHEMA = 1

_WORDS = {
    "verdict": Status,
    "kind": Kind,
    "location": Location,
    "muscular_wall": MuscularWall,
    "cell_box": CellBox,
}


def case_as_json(case: Case, provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Everything about a case; ``provenance`` says which software wrote it."""
    return {
        "schema": CASE_SCHEMA,
        "case": case.id,
        "stage": str(case.stage),
        "final": case.is_final,
        "criteria": asdict(case.criteria),
        "slides": [_slide(slide) for slide in case.slides],
        "decisions": None if case.decisions is None else decisions_as_json(case.decisions),
        "counts": _counts(case),
        "vessels": [_settled(vessel) for vessel in case.vessels],
        "kinds": [_kind(row) for row in case.kinds],
        "systems": {name: grade.as_json() for name, grade in case.grades.items()},
        "flags": {name: grade.flags for name, grade in case.grades.items()},
        "tumours": [
            {
                "name": tumour.name,
                "slides": tumour.n_slides,
                "vessels": tumour.n_vessels,
                "uncertain": tumour.n_uncertain,
                "systems": {name: grade.as_json() for name, grade in tumour.grades.items()},
            }
            for tumour in case.tumours
        ],
        "completeness": {
            "points": case.completeness.n_points,
            "complete": case.completeness.is_complete,
            "sites": {
                str(cover.site): {"wanted": cover.n_wanted, "found": cover.n_found}
                for cover in case.completeness.sites
            },
            "missing": [say(one) for one in case.completeness.missing],
        },
        "blockers": [{"code": note.code, "message": str(note)} for note in case.blockers],
        "remarks": [{"code": note.code, "message": str(note)} for note in case.remarks],
        "provenance": {
            **provenance,
            "synthetic": any(slide.is_synthetic for slide in case.slides),
        },
    }


def case_from_json(data: Mapping[str, Any]) -> Case:
    """The case that valid data of `case.json` was made from.

    Raises
    ------
    UsageError
        Its decisions do not fit its slides.
    """
    decisions = data["decisions"]
    case = Case(
        data["case"],
        tuple(_read_slide(row) for row in data["slides"]),
        MviCriteria(**data["criteria"]),
        None if decisions is None else decisions_from_json(decisions),
    )
    case.check()
    return case


def decisions_as_json(word: Decisions) -> dict[str, Any]:
    """Decisions as plain values; what is None in a vessel's decision is left out."""
    return {
        "vessels": {
            name: {key: value for key, value in asdict(one).items() if value is not None}
            for name, one in word.vessels.items()
        },
        "added": [{"slide": one.slide, **_vessel(one.vessel)} for one in word.added],
        "remeasured": [_vessel(one) for one in word.remeasured],
        "removed": sorted(word.removed),
        "same_vessel": [list(pair) for pair in word.same_vessel],
        "excluded_pieces": {
            slide: {str(piece): reason for piece, reason in pieces.items()}
            for slide, pieces in word.excluded_pieces.items()
        },
        "excused": dict(word.excused),
        "overruled": dict(word.overruled),
        "sites": {slide: str(site) for slide, site in word.sites.items()},
        "confirmed_tumours": sorted(word.confirmed_tumours),
        "burden": None if word.burden is None else asdict(word.burden),
        "complete": word.complete,
    }


def decisions_from_json(data: Mapping[str, Any]) -> Decisions:
    """Decisions from plain values; the opposite of `decisions_as_json`."""
    return Decisions(
        {name: _read_decision(one) for name, one in data["vessels"].items()},
        tuple(AddedVessel(row["slide"], _read_vessel(row)) for row in data["added"]),
        tuple((first, second) for first, second in data["same_vessel"]),
        {
            slide: {int(piece): reason for piece, reason in pieces.items()}
            for slide, pieces in data["excluded_pieces"].items()
        },
        dict(data["excused"]),
        dict(data["overruled"]),
        {slide: Site(site) for slide, site in data["sites"].items()},
        frozenset(data["confirmed_tumours"]),
        None if data["burden"] is None else TumourBurden(**data["burden"]),
        data["complete"],
        # Cases of earlier versions have neither.
        tuple(_read_vessel(row) for row in data.get("remeasured", ())),
        frozenset(data.get("removed", ())),
    )


def _read_decision(data: Mapping[str, Any]) -> VesselDecision:
    made = {key: _WORDS[key](value) for key, value in data.items() if key in _WORDS}
    plain: dict[str, Any] = {**data, **made}
    return VesselDecision(**plain)


def _counts(case: Case) -> dict[str, int]:
    statuses = [slide.status for slide in case.slides]
    return {
        "expected": len(statuses),
        "analysed": sum(slide.is_analysed for slide in case.slides),
        "failed": statuses.count("failed"),
        "excluded": statuses.count("excluded"),
        NOT_ANALYSED: statuses.count(NOT_ANALYSED),
        "excused": len(case.left_out),
    }


def _slide(slide: CaseSlide) -> dict[str, Any]:
    plain = {f.name: getattr(slide, f.name) for f in fields(slide)}
    return plain | {
        "site": str(slide.site),
        "codes": [dict(code) for code in slide.codes],
        "vessels": [_vessel(vessel) for vessel in slide.vessels],
    }


def _read_slide(row: Mapping[str, Any]) -> CaseSlide:
    vessels = tuple(_read_vessel(vessel) for vessel in row["vessels"])
    made = {"site": Site(row["site"]), "codes": tuple(row["codes"]), "vessels": vessels}
    return CaseSlide(**{**row, **made})


def _vessel(vessel: CaseVessel) -> dict[str, Any]:
    interval = vessel.n_cells_interval
    return asdict(vessel) | {"n_cells_interval": None if interval is None else list(interval)}


def _read_vessel(row: Mapping[str, Any]) -> CaseVessel:
    interval = row["n_cells_interval"]
    made = {
        "kind": Kind(row["kind"]),
        "location": Location(row["location"]),
        "muscular_wall": MuscularWall(row["muscular_wall"]),
        "n_cells_interval": None if interval is None else (interval[0], interval[1]),
    }
    return CaseVessel(**{key: value for key, value in {**row, **made}.items() if key != "slide"})


def _settled(one: SettledVessel) -> dict[str, Any]:
    vessel = one.vessel
    interval = vessel.n_cells_interval
    return {
        "id": one.id,
        "slide": one.slide.id,
        "tumour": one.slide.tumour,
        "role": str(one.role),
        "same_as": one.same_as,
        "reason": one.reason,
        "kind": str(vessel.kind),
        "location": str(vessel.location),
        "dist_edge_um": vessel.dist_edge_um,
        "dist_method": one.dist_method,
        "n_tumour_cells": vessel.n_cells,
        "n_tumour_cells_interval": None if interval is None else list(interval),
    }


def _kind(row: KindCounts) -> dict[str, Any]:
    return {
        "kind": str(row.kind),
        "vessels": row.n,
        "uncertain": row.n_uncertain,
        "farthest_um": row.farthest_um,
        "far_unmeasured": row.n_far_unmeasured,
        "near_unmeasured": row.n_near_unmeasured,
        "unknown_distance": row.n_unknown,
        "cells": {str(box): n for box, n in row.boxes.items()},
        "box": None if row.box is None else str(row.box),
    }
