"""Which slide belongs to which case: ``cases.csv`` with the columns slide, case and, if known, block and site."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pathoflow.errors import UsageError

#: Where a block was cut from; empty is unknown.
SITES = ("interface", "near", "far", "tumour_centre", "margin", "")


@dataclass(frozen=True, slots=True)
class CaseSlide:
    """One row: a slide with its case and the site of its block."""

    slide: str
    case: str
    site: str = ""


def read_cases(path: Path) -> dict[str, CaseSlide]:
    """Rows by slide id; a slide may be named by its file, whose ending is dropped.

    Raises
    ------
    UsageError
        The file cannot be read, lacks a column, names a slide twice or a site that is none.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror or error}); give a table with the columns"
            " slide,case,block,site"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text; save it as CSV UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    columns = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if not {"slide", "case"} <= set(columns):
        raise UsageError(
            f"{path} has no columns slide and case; its header must hold slide,case,block,site"
        )
    found: dict[str, CaseSlide] = {}
    reader.fieldnames = columns
    for row in reader:
        texts = {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
        if any(texts.values()):
            one = _case_slide(texts, f"{path}, line {reader.line_num}")
            if one.slide in found:
                raise UsageError(f"{path} names the slide {one.slide} twice; keep one row")
            found[one.slide] = one
    return found


def _case_slide(row: dict[str, str], where: str) -> CaseSlide:
    if not row["slide"] or not row["case"]:
        raise UsageError(f"{where}: a row needs a slide and a case")
    site = row.get("site", "").lower()
    if site not in SITES:
        raise UsageError(f"{where}: {site!r} is no site; use one of {', '.join(SITES[:-1])}")
    return CaseSlide(Path(row["slide"]).stem, row["case"], site)


def group_slides(
    slides: Sequence[str], cases: dict[str, CaseSlide] | None
) -> dict[str, list[CaseSlide]]:
    """Slides by case, in order; without a table every slide is its own case.

    Raises
    ------
    UsageError
        A slide has no row: whose it is decides every interval, so it is never guessed.
    """
    grouped: dict[str, list[CaseSlide]] = {}
    for slide in slides:
        if cases is None:
            row = CaseSlide(slide, slide)
        elif slide in cases:
            row = cases[slide]
        else:
            raise UsageError(f"the table of cases has no row for the slide {slide}; add one")
        grouped.setdefault(row.case, []).append(row)
    return grouped
