"""Slide results joined into cases.

cases.csv ──┐
results   ──┴─> CaseSlide ─> Case ─> OUT/cases/<case>/case.json ─> report.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from importlib.metadata import version
from pathlib import Path

from pathoflow.errors import PathoflowError, UsageError
from pathoflow.mvi import Case, CaseRow, CaseSlide, MviCriteria, group_slides
from pathoflow.mvi.case_json import case_as_json, case_from_json
from pathoflow.mvi.case_slide import vessels_of
from pathoflow.pipeline.batch import Outcome, slide_ids
from pathoflow.report import write_case_report
from pathoflow.store import (
    CASES_NAME,
    CaseFolder,
    Result,
    ResultFolder,
    case_folders,
    load_result,
    read_case_file,
    write_case_file,
)


@dataclass(frozen=True)
class CaseOutcome:
    """What became of one case."""

    case_id: str
    folder: CaseFolder
    case: Case | None
    #: Why it could not be written; the file of an earlier run stays.
    error: PathoflowError | None = None


def load_case(path: Path | str) -> Case:
    """A case from its folder or its `case.json`; from the folder of one slide, that slide as its own case.

    Raises
    ------
    UsageError
        There is neither a valid case nor a valid result.
    """
    path = Path(path)
    folder = CaseFolder(path.parent if path.name == "case.json" else path)
    if not folder.case_json.exists() and ResultFolder(path).result_json.exists():
        result = load_result(path)
        slide = slide_of(CaseRow(result.slide_id, result.slide_id), result)
        return Case(result.slide_id, (slide,), criteria_of(result))
    return case_from_json(read_case_file(folder))


def save_case(folder: CaseFolder, case: Case) -> None:
    """Write a case and its report.

    Raises
    ------
    UsageError
        The folder holds another case.
    NoSpace, EnvironmentFault
        The folder cannot be written; older files stay.
    """
    write_case_file(folder, case_as_json(case, {"pathoflow": version("pathoflow")}))
    write_case_report(folder)


def require_rows(slides: Sequence[Path], table: Mapping[str, CaseRow]) -> None:
    """Check before a batch that every slide has its row.

    Raises
    ------
    UsageError
        A slide has none, or is named as the folder of all cases is.
    """
    ids = slide_ids(slides)
    group_slides(ids, table)
    for path, slide_id in zip(slides, ids, strict=True):
        if slide_id.casefold() == CASES_NAME:
            raise UsageError(
                f"{path} would be analysed into the folder of all cases, {CASES_NAME}; rename the slide"
            )


def write_cases(
    out: Path, table: Mapping[str, CaseRow], outcomes: Sequence[Outcome], criteria: MviCriteria
) -> list[CaseOutcome]:
    """Write every case that has a slide among ``outcomes``, with all slides that the table gives it.

    Slides of earlier runs are read from ``out``; those without a result are expected and not analysed. One bad case
    does not stop the others. Decisions of a reader that a case already holds are kept.

    Raises
    ------
    NoSpace, EnvironmentFault
        Nothing can be written.
    """
    ended = {outcome.slide_id: outcome for outcome in outcomes}
    grouped = group_slides(list(table), table)
    folders = case_folders(out, grouped)
    return [
        _write_case(folders[case_id], rows, ended, criteria)
        for case_id, rows in grouped.items()
        if any(row.slide in ended for row in rows)
    ]


def _write_case(
    folder: CaseFolder,
    rows: Sequence[CaseRow],
    ended: Mapping[str, Outcome],
    criteria: MviCriteria,
) -> CaseOutcome:
    case_id = rows[0].case
    out = folder.path.parent.parent
    try:
        slides = tuple(_case_slide(row, out, ended.get(row.slide)) for row in rows)
        case = _with_known_decisions(folder, Case(case_id, slides, criteria))
        save_case(folder, case)
    except UsageError as error:
        return CaseOutcome(case_id, folder, None, error)
    return CaseOutcome(case_id, folder, case)


def _with_known_decisions(folder: CaseFolder, case: Case) -> Case:
    if not folder.case_json.exists():
        return case
    known = case_from_json(read_case_file(folder))
    if known.id != case.id or known.decisions is None:
        return case
    try:
        return case.decide(known.decisions)
    except UsageError as error:
        raise UsageError(
            f"{folder.path} was reviewed, and its slides have changed since: {error}; move that folder away to "
            "begin the review anew"
        ) from error


def _case_slide(row: CaseRow, out: Path, outcome: Outcome | None) -> CaseSlide:
    folder = ResultFolder(out / row.slide)
    if outcome is None or outcome.result is not None:
        if not folder.result_json.exists():
            return CaseSlide.expected(row)
        return slide_of(row, load_result(folder), folder.report_html.exists())
    # It failed before there was anything to write.
    codes = outcome.codes or ("INTERNAL",)
    remarks = [{"code": code, "severity": "error", "message": outcome.message} for code in codes]
    return CaseSlide(row.slide, row.block, row.site, row.tumour, "failed", tuple(remarks))


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
