"""The answer of one slide in words: what is proposed, how wide the range is, why, and what it does not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pathoflow.mvi import SYSTEMS, UNDETERMINED
from pathoflow.report.ranking import Ranked, count_candidates, rank_vessels
from pathoflow.report.wording import (
    join_words,
    say_area_cm2,
    say_cells,
    say_count,
    say_mm,
    say_word,
)

#: Shown first and large.
LEADING_SYSTEM = "NHC"

_NO_ANSWER = {
    "failed": "This slide could not be analysed, so there is no proposal. This does not mean that MVI is absent.",
    "excluded": "This slide was excluded, so there is no proposal. This does not mean that MVI is absent.",
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One grading system's proposal, ready to print; ``grade`` is None where the system gives none."""

    title: str
    grade: str | None
    possible: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindRow:
    """What the usual structured report asks for, for one kind of vessel."""

    kind: str
    n_candidates: int
    farthest: str
    most_cells: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer box."""

    is_reviewed: bool
    #: Whether vessels were looked for at all.
    is_judged: bool
    #: Why there is no proposal at all, or None.
    refusal: str | None
    leading: Proposal | None
    others: tuple[Proposal, ...]
    #: "3 candidates on 2.31 cm² of tissue, 0.12 cm² excluded"; never a blank.
    counts: str
    details: str
    kinds: tuple[KindRow, ...]


def answer_of(result: Mapping[str, Any]) -> Answer:
    """Put the ``mvi`` part of ``result.json`` into words."""
    mvi = result.get("mvi") or {}
    status = str(result.get("status"))
    refusal = _NO_ANSWER.get(status)
    systems = {} if refusal else dict(mvi.get("systems") or {})
    if not refusal and not systems:
        refusal = "No grading system was applied, so there is no proposal."
    names = sorted(systems, key=lambda name: name != LEADING_SYSTEM)
    leading = _proposal(names[0], systems[names[0]]) if names else None
    said = leading.reasons if leading else ()
    candidates = [item for item in rank_vessels(result) if item.is_candidate]
    return Answer(
        is_reviewed=bool(mvi.get("reviewed")),
        is_judged=status not in _NO_ANSWER,
        refusal=refusal,
        leading=leading,
        others=tuple(_proposal(name, systems[name], said) for name in names[1:]),
        counts=say_counts(result),
        details=say_details(result),
        kinds=tuple(_kind_rows(candidates)),
    )


def say_counts(result: Mapping[str, Any]) -> str:
    """How many candidates on how much tissue; the area looked at belongs to every count, above all to 0."""
    tissue = result.get("tissue") or {}
    if result.get("status") in _NO_ANSWER:
        # "0 candidates" would read like a finding.
        return "No vessel was judged on this slide"
    n_candidates = say_count(count_candidates(result), "candidate")
    area, excluded = tissue.get("area_um2"), tissue.get("excluded_area_um2")
    return f"{n_candidates} on {say_area_cm2(area)} of tissue, {say_area_cm2(excluded)} excluded"


def say_details(result: Mapping[str, Any]) -> str:
    """Vessels, pieces of tissue and tumour regions, in one sentence; empty where nothing was judged."""
    if result.get("status") in _NO_ANSWER:
        return ""
    tissue, tumour = result.get("tissue") or {}, result.get("tumour") or {}
    parts = [f"{say_count(len(result.get('vessels') or ()), 'vessel')} outlined"]
    if tissue.get("pieces") is not None:
        parts.append(f"{say_count(int(tissue['pieces']), 'piece')} of tissue")
    if tumour.get("regions"):
        regions = say_count(int(tumour["regions"]), "tumour region")
        parts.append(f"{regions}, {say_area_cm2(tumour.get('area_um2'))}")
    else:
        parts.append("no tumour found on this slide, so distances to it are unknown")
    return "; ".join(parts) + "."


def _proposal(system: str, found: Mapping[str, Any], said: Sequence[str] = ()) -> Proposal:
    """One proposal; reasons in ``said`` stand on the page already and are not repeated."""
    grade = found.get("grade")
    possible = [str(name) for name in found.get("possible") or ()]
    reasons = [str(reason) for reason in found.get("reasons") or ()]
    return Proposal(
        title=_title(system),
        grade=None if grade in (None, "", UNDETERMINED) else str(grade),
        possible=join_words(possible) or "not stated",
        reasons=tuple(reason for reason in reasons if reason not in said),
    )


def _title(system: str) -> str:
    """Name, version and all grades of a system that we know; the bare name of any other."""
    if system not in SYSTEMS:
        return system
    known = SYSTEMS[system]
    return f"{system}, {known.version}: {' / '.join(known.grades)}"


def _kind_rows(candidates: Sequence[Ranked]) -> list[KindRow]:
    kinds = sorted({str(item.vessel.get("kind") or "unknown") for item in candidates})
    rows = []
    for kind in kinds:
        vessels = [
            item.vessel for item in candidates if str(item.vessel.get("kind") or "unknown") == kind
        ]
        rows.append(KindRow(say_word(kind), len(vessels), _farthest(vessels), _most_cells(vessels)))
    return rows


def _farthest(vessels: Sequence[Mapping[str, Any]]) -> str:
    known = [v["dist_edge_um"] for v in vessels if v.get("dist_edge_um") is not None]
    if len(known) == len(vessels):
        return say_mm(max(known))
    unknown = f"unknown for {len(vessels) - len(known)} of {len(vessels)}"
    return f"{say_mm(max(known))}, {unknown}" if known else "unknown"


def _most_cells(vessels: Sequence[Mapping[str, Any]]) -> str:
    counted = [v for v in vessels if v.get("n_tumour_cells") is not None]
    if not counted:
        return say_cells(None, None)
    most = max(counted, key=lambda v: float(v["n_tumour_cells"]))
    return say_cells(most["n_tumour_cells"], most.get("n_tumour_cells_interval"))
