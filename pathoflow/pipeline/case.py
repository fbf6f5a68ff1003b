"""Slide results joined into cases.

cases.csv ──┐
results   ──┴─> CaseSlide ─> Case ─> OUT/cases/<case>/case.json ─> report.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from pathoflow.errors import PathoflowError, UsageError
from pathoflow.mvi import Case, CaseRow, CaseSlide, MviCriteria, group_slides
from pathoflow.mvi.case_json import case_as_json, case_from_json
from pathoflow.pipeline.batch import Outcome, slide_ids
from pathoflow.report import write_case_report
from pathoflow.review import OpenCase, open_case
from pathoflow.review.slides import criteria_of as criteria_of
from pathoflow.review.slides import slide_of as slide_of
from pathoflow.store import (
    CASES_NAME,
    CaseFolder,
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


def load_case(path: Path | str, reader: str = "") -> OpenCase:
    """A case from its folder or its `case.json`; from the folder of one slide, that slide as its own case.

    Parameters
    ----------
    reader
        Who reviews it, where an action gives no other name; the user of this machine where it is left out.

    Raises
    ------
    UsageError
        There is neither a valid case nor a valid result.
    JournalError
        The journal of its review was altered or is damaged.
    """
    return open_case(path, reader)


def save_case(folder: CaseFolder, case: Case | OpenCase) -> None:
    """Write a case and its report; of an open one, as its journal says now.

    Raises
    ------
    UsageError
        The folder holds another case.
    NoSpace, EnvironmentFault
        The folder cannot be written; older files stay.
    """
    case = case.now if isinstance(case, OpenCase) else case
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
    if folder.review_jsonl.exists():
        return _with_journal(folder, case)
    known = case_from_json(read_case_file(folder))
    if known.id != case.id or known.decisions is None:
        return case
    try:
        return case.decide(known.decisions)
    except UsageError as error:
        raise _changed(folder, str(error)) from error


def _with_journal(folder: CaseFolder, case: Case) -> Case:
    """The case as its journal says; refused where a slide has changed since the review began."""
    opened = OpenCase(folder, case, folder.path.parent.parent)
    if opened.review.stale:
        raise _changed(folder, "; ".join(opened.review.stale.values()))
    try:
        return opened.now
    except UsageError as error:
        raise _changed(folder, str(error)) from error


def _changed(folder: CaseFolder, why: str) -> UsageError:
    return UsageError(
        f"{folder.path} was reviewed, and its slides have changed since: {why}; move that folder away to begin the "
        "review anew"
    )


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
