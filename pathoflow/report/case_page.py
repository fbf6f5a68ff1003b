"""The report of a case: one self-contained page in English and Chinese, of which the reader sees one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pathoflow.mvi import LEADING_SYSTEM, SYSTEMS, Case, Grade, Role
from pathoflow.mvi.case_json import case_from_json
from pathoflow.mvi.case_slide import NOT_ANALYSED
from pathoflow.report.both import Both, both, both_of, join, same
from pathoflow.report.case_rows import (
    MAX_VESSELS,
    kind_items,
    slide_items,
    spoken,
    tumour_items,
    vessel_items,
)
from pathoflow.report.clock import CENTRE as CLOCK_CENTRE
from pathoflow.report.clock import HEIGHT, RADIUS, WIDTH, draw_clock
from pathoflow.report.page import environment, page_frame
from pathoflow.store import CaseFolder, read_case_file, write_text

#: The flag that a reader should see beside a grade.
_SHOWN_FLAG = "at_threshold"


@dataclass(frozen=True, slots=True)
class SystemRow:
    """One grading system; ``grade`` is None where several remain."""

    name: str
    rule: Both
    grade: Both | None
    possible: Both
    reasons: tuple[Both, ...]
    is_at_threshold: bool


def render_case(case: Case, provenance: Mapping[str, Any]) -> str:
    """Render the page of a case; the same case gives the same text."""
    template = environment().get_template("case.html.j2")
    return template.render(**_frame(case, provenance), **_sections(case))


def write_case_report(folder: CaseFolder) -> Path:
    """Write ``report.html`` of a case from its `case.json`, and return its path.

    Raises
    ------
    UsageError
        There is no valid case in the folder.
    NoSpace, EnvironmentFault
        The folder cannot be written; an older page stays.
    """
    data = read_case_file(folder)
    write_text(folder.report_html, render_case(case_from_json(data), data["provenance"]))
    return folder.report_html


def _frame(case: Case, provenance: Mapping[str, Any]) -> dict[str, Any]:
    return page_frame(
        case.id,
        bool(provenance.get("synthetic")),
        str(provenance.get("pathoflow") or ""),
        "case.json",
        1,
    )


def _sections(case: Case) -> dict[str, Any]:
    leading = case.grade(LEADING_SYSTEM)
    tumours = tumour_items(case, LEADING_SYSTEM)
    return {
        "case": case,
        "stage": both(f"case.stage.{case.stage}"),
        "leading": _system(leading),
        "definitions": _definitions(leading),
        "refusals": [both_of(note.sentence) for note in case.refusals],
        "counts": _counts(case),
        "area": _area(case),
        "rows": kind_items(case),
        "rows_caption": both(f"rows.caption.{case.stage}"),
        "n_inside": len(case.in_role(Role.INTRATUMORAL)),
        "blockers": [both_of(note.sentence) for note in case.blockers],
        "remarks": [both_of(note.sentence) for note in case.remarks],
        "clock": draw_clock(case.completeness),
        "clock_size": (WIDTH, HEIGHT),
        "clock_face": (*CLOCK_CENTRE, RADIUS),
        "missing": [both_of(one) for one in case.completeness.missing],
        "tumours": tumours,
        "systems": [_system(grade) for grade in case.grades.values()],
        "n_shared": _n_shared(case),
        "slides": slide_items(case),
        "vessels": vessel_items(case),
        "n_more": max(0, len(case.vessels) - MAX_VESSELS),
        "criteria": both("case.criteria", near=f"{case.criteria.near_um / 1000:g} mm"),
    }


def _system(grade: Grade) -> SystemRow:
    return SystemRow(
        grade.system,
        both(f"rule.{grade.system}"),
        spoken(grade.possible) if grade.is_determined else None,
        spoken(grade.possible),
        tuple(both_of(sentence) for sentence in grade.sentences),
        _SHOWN_FLAG in grade.flags,
    )


def _n_shared(case: Case) -> int:
    """How many sentences every system begins with; they stand in the answer and are not said nine times."""
    shared = 0
    for sentences in zip(*(grade.sentences for grade in case.grades.values()), strict=False):
        if any(sentence != sentences[0] for sentence in sentences):
            break
        shared += 1
    return shared


def _definitions(grade: Grade) -> list[tuple[str, Both]]:
    """What each grade that remains means."""
    assert grade.system in SYSTEMS
    return [(name, both(f"define.{name}")) for name in grade.possible]


def _counts(case: Case) -> Both:
    statuses = [slide.status for slide in case.slides]
    rest = [
        both(key, count=count)
        for key, count in (
            ("case.counts.failed", statuses.count("failed")),
            ("case.counts.missing", statuses.count(NOT_ANALYSED)),
            ("case.counts.left_out", len(case.left_out)),
        )
        if count
    ]
    return both(
        "case.counts",
        n=len(statuses),
        analysed=sum(slide.is_analysed for slide in case.slides),
        rest=join(rest, "", "") if rest else same(""),
    )


def _area(case: Case) -> Both | None:
    """How many candidates on how much tissue; the area belongs to every count, above all to 0."""
    judged = [slide for slide in case.slides if slide.is_analysed and slide.id not in case.left_out]
    if not judged:
        return None
    n = sum(len(slide.vessels) for slide in judged)
    return both(
        "case.area",
        candidates=both("case.candidates", n=n),
        area=_cm2(sum(slide.tissue_um2 or 0.0 for slide in judged)),
        excluded=_cm2(sum(slide.excluded_um2 or 0.0 for slide in judged)),
    )


def _cm2(area_um2: float) -> str:
    """An area in cm²; a small but present one is never rounded to nothing."""
    return "< 0.01 cm²" if 0 < area_um2 < 1e6 else f"{area_um2 / 1e8:.2f} cm²"
