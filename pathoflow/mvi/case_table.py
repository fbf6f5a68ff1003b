"""Which slide belongs to which case: ``cases.csv``.

    slide,case,block,site,tumour
    LIV-07_B1.svs,C-17,B1,interface,T1

Slide and case are needed; block, site and tumour are read where they exist, other columns are ignored.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pathoflow.errors import UsageError
from pathoflow.mvi.site import Site
from pathoflow.slide.suffixes import slide_stem

#: No file can have these names.
_NO_NAMES = frozenset({"", ".", ".."})


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One row: a slide with its case, and where its block was cut."""

    slide: str
    case: str
    block: str = ""
    site: Site = Site.UNKNOWN
    #: Name of the tumour that the block belongs to, in a case of several.
    tumour: str = ""


def read_cases(path: Path) -> dict[str, CaseRow]:
    """Rows by slide id, in the order of the file; a slide may be named by its file, whose ending is dropped.

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
    found: dict[str, CaseRow] = {}
    try:
        for line, row in _rows(text, path):
            one = _case_row(row, f"{path}, line {line}")
            if one.slide in found:
                raise UsageError(f"{path} names the slide {one.slide} twice; keep one row")
            found[one.slide] = one
    except csv.Error as error:
        raise UsageError(f"{path} is damaged ({error}); save it as CSV UTF-8 again") from error
    return found


def _rows(text: str, path: Path) -> list[tuple[int, dict[str, str]]]:
    """Rows that hold anything, with their lines; names of columns in small letters."""
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="", strict=True)
    columns = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if not {"slide", "case"} <= set(columns):
        raise UsageError(
            f"{path} has no columns slide and case; its header must hold slide,case,block,site"
        )
    reader.fieldnames = columns
    rows = []
    for row in reader:
        texts = {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
        if any(texts.values()):
            rows.append((reader.line_num, texts))
    return rows


def _case_row(row: Mapping[str, str], where: str) -> CaseRow:
    if not row["slide"] or not row["case"]:
        raise UsageError(f"{where}: a row needs a slide and a case")
    slide = slide_stem(row["slide"])
    if slide in _NO_NAMES:
        raise UsageError(f"{where}: {row['slide']!r} names no slide; write the name of its file")
    word = row.get("site", "").lower().replace(" ", "_")
    if word not in set(Site):
        sites = ", ".join(site for site in Site if site)
        raise UsageError(f"{where}: {row['site']!r} is no site; use one of {sites}")
    return CaseRow(slide, row["case"], row.get("block", ""), Site(word), row.get("tumour", ""))


def group_slides(
    slides: Sequence[str], cases: Mapping[str, CaseRow] | None
) -> dict[str, list[CaseRow]]:
    """Slides by case, in order; without a table every slide is its own case.

    Raises
    ------
    UsageError
        A slide has no row: whose it is decides every interval, so it is never guessed.
    """
    if cases is None:
        return {slide: [CaseRow(slide, slide)] for slide in slides}
    missing = [slide for slide in slides if slide not in cases]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise UsageError(
            f"the table of cases has no row for the slide {missing[0]}{more}; add one for each"
        )
    grouped: dict[str, list[CaseRow]] = {}
    for slide in slides:
        grouped.setdefault(cases[slide].case, []).append(cases[slide])
    return grouped
