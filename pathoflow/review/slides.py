"""A slide's result as its case needs it."""

from __future__ import annotations

from dataclasses import fields

from pathoflow.mvi import CaseRow, CaseSlide, MviCriteria
from pathoflow.mvi.case_slide import vessels_of
from pathoflow.store import Result


def slide_of(row: CaseRow, result: Result, has_report: bool = False) -> CaseSlide:
    """A slide's result as its case needs it."""
    data = result.data
    tissue = data["tissue"]
    p_called = criteria_of(result).p_called
    return CaseSlide(
        row.slide,
        row.block,
        row.site,
        row.tumour,
        result.status,
        tuple({key: code[key] for key in ("code", "severity", "message")} for code in result.codes),
        vessels_of(list(result.candidates), p_called),
        None if result.status == "failed" else len(result.vessels),
        data["tumour"]["regions"],
        tissue["area_um2"],
        tissue["excluded_area_um2"],
        tissue["pieces"],
        bool(data["provenance"]["synthetic"]),
        has_report,
    )


def criteria_of(result: Result) -> MviCriteria:
    """The criteria that a slide was analysed with; the published ones where it does not say."""
    settings = result.data["provenance"].get("settings") or {}
    known = settings.get("criteria") or {}
    names = {field.name for field in fields(MviCriteria)}
    return MviCriteria(**{name: value for name, value in known.items() if name in names})
