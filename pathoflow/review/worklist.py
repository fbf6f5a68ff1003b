"""All cases of a results folder, as a reader picks from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pathoflow.errors import PathoflowError, UsageError
from pathoflow.mvi import Role
from pathoflow.review.case import OpenCase, open_case
from pathoflow.review.lock import Holder, read_holder
from pathoflow.review.words import ReviewStage
from pathoflow.store import CASES_NAME


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One case."""

    case: str
    #: What `open_case` takes.
    path: Path
    stage: ReviewStage | None
    n_slides: int = 0
    n_failed: int = 0
    #: Vessels on the list, and those that already have a verdict.
    n_candidates: int = 0
    n_reviewed: int = 0
    #: Highest score on the list: by this and by age a worklist is sorted.
    most_suspicious: float | None = None
    #: Points of the seven-point sampling that are covered.
    n_points: int = 0
    #: When the last action was, or the result written; seconds since 1970.
    changed: float = 0.0
    signed_versions: int = 0
    #: Who wrote in it last without closing it; whether they still do is seen by opening it.
    holder: Holder | None = None
    #: Why it cannot be opened; the other fields then say nothing.
    problem: str = ""

    @property
    def needs_attention(self) -> bool:
        """The red badge: a slide failed, a sampling site is missing, or it cannot be opened."""
        return bool(self.problem) or self.n_failed > 0 or self.n_points < 7


def read_worklist(out: Path | str, reader: str = "") -> list[WorklistRow]:
    """Every case in ``out``, the most suspicious first; slides that belong to no case are cases of their own.

    Raises
    ------
    UsageError
        There is neither a case nor a result.
    """
    out = Path(out)
    paths = sorted(path.parent for path in (out / CASES_NAME).glob("*/case.json"))
    rows, taken = [], set()
    for path in paths:
        row, slides = _row(path, reader)
        rows.append(row)
        taken |= slides
    alone = sorted({path.parent for path in out.glob("*/result.json")})
    rows += [_row(path, reader)[0] for path in alone if path.name not in taken]
    if not rows:
        raise UsageError(f"there is neither a case nor a result in {out}; give the --out of a run")
    return sorted(rows, key=lambda row: (-(row.most_suspicious or 0.0), row.changed, row.case))


def _row(path: Path, reader: str) -> tuple[WorklistRow, set[str]]:
    try:
        return _row_of(path, open_case(path, reader))
    except PathoflowError as error:
        return WorklistRow(path.name, path, None, problem=str(error)), set()


def _row_of(path: Path, opened: OpenCase) -> tuple[WorklistRow, set[str]]:
    case, review = opened.now, opened.review
    listed = [v for v in case.vessels if v.role is not Role.EXCLUDED]
    scores = [v.seen.p_mvi for v in listed if v.seen.p_mvi is not None]
    entries = review.journal.entries
    newest = path / "case.json" if (path / "case.json").exists() else path / "result.json"
    row = WorklistRow(
        case.id,
        path,
        review.stage,
        len(case.slides),
        sum(slide.status == "failed" for slide in case.slides),
        len(listed),
        sum(v.role is not Role.UNSEEN for v in listed) if case.decisions else 0,
        max(scores, default=None),
        case.completeness.n_points,
        entries[-1].time.timestamp() if entries else newest.stat().st_mtime,
        len(review.state.signatures),
        read_holder(opened.folder),
    )
    return row, {slide.id for slide in case.slides}
