"""The worklist: one row per case of a result folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pathoflow.review import ReviewStage, open_review

from pathoflow.errors import PathoflowError
from pathoflow.mvi.language import Phrase, Sentence
from pathoflow.store import CASES_NAME, CaseFolder, ResultFolder

#: Cases that want a reader come first, signed ones last.
_ORDER = (
    ReviewStage.CONSENSUS,
    ReviewStage.SECOND_REVIEW,
    ReviewStage.AMENDED,
    ReviewStage.IN_REVIEW,
    ReviewStage.STALE,
    ReviewStage.QC_FAILED,
    ReviewStage.READY,
    ReviewStage.RUNNING,
    ReviewStage.NEW,
    ReviewStage.SIGNED,
)


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One case as the worklist shows it."""

    case: str
    folder: Path
    state: str
    n_slides: int = 0
    n_analysed: int = 0
    n_candidates: int = 0
    n_reviewed: int = 0
    #: Points of the seven-point sampling that are covered.
    n_points: int = 0
    #: What it lacks: sites of the sampling, slides that failed.
    remarks: tuple[Sentence, ...] = ()
    #: Whether a slide failed or a site is missing.
    is_in_trouble: bool = False


def read_worklist(out: Path) -> list[WorklistRow]:
    """All cases below a result folder, those that want a reader first; slides without a case are cases of their own."""
    rows = [_row(folder) for folder in case_folders_in(out)]
    places = {stage: place for place, stage in enumerate(_ORDER)}
    return sorted(rows, key=lambda row: (places.get(ReviewStage(row.state), 0), row.case))


def case_folders_in(out: Path) -> list[Path]:
    """Folders of cases; in a result folder without cases, those of its slides."""
    cases = out / CASES_NAME
    found = sorted(cases.iterdir()) if cases.is_dir() else []
    found = [folder for folder in found if CaseFolder(folder).case_json.exists()]
    if found or not out.is_dir():
        return found
    return [folder for folder in sorted(out.iterdir()) if ResultFolder(folder).result_json.exists()]


def _row(folder: Path) -> WorklistRow:
    try:
        review = open_review(folder)
        case = review.case
    except PathoflowError as error:
        return WorklistRow(
            folder.name, folder, ReviewStage.QC_FAILED, remarks=(str(error),), is_in_trouble=True
        )
    words = review.reading.words
    listed = [vessel.id for vessel in case.vessels]
    cover = case.completeness
    failed: list[Sentence] = [
        Phrase("blocker.failed_slide", {"slide": slide.id, "codes": _codes(slide.codes)})
        for slide in case.slides
        if slide.status == "failed"
    ]
    return WorklistRow(
        case.id,
        folder,
        str(review.stage),
        len(case.slides),
        sum(slide.is_analysed for slide in case.slides),
        len(listed),
        sum(name in words and words[name].verdict is not None for name in listed),
        cover.n_points,
        (*failed, *cover.missing),
        bool(failed) or not cover.is_complete,
    )


def _codes(codes: Sequence[Mapping[str, Any]]) -> str:
    errors = [str(code["code"]) for code in codes if code["severity"] == "error"]
    return ", ".join(errors) or "?"
