"""Reads the vessels of many cases from a comma-separated table.

    case,vessel,dist_edge_um,n_tumour_cells,location,status
    C-17,v1,3200,12,peritumoral_near,accepted
    C-17,v2,,,,uncertain
    C-18,,,,,

Empty distances and counts are unknown. A row with a case and nothing else states a case without any
vessel. Columns ``muscular_wall`` (yes, no) and ``kind`` are read where they exist; others are ignored.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from pathoflow.errors import UsageError
from pathoflow.mvi.evidence import InvadedVessel, Kind, Location, MuscularWall, Status

COLUMNS = ("case", "vessel", "dist_edge_um", "n_tumour_cells", "location", "status")
OPTIONAL_COLUMNS = ("muscular_wall", "kind")

# Python itself would also read 10_000, full-width digits, nan and inf as numbers.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)

_LOCATIONS: dict[str, Location] = {
    **{location.value: location for location in Location},
    "": Location.UNKNOWN,
    "near": Location.PERITUMORAL_NEAR,
    "far": Location.PERITUMORAL_FAR,
    # Says nothing about near or far, so the distance decides.
    "peritumoral": Location.UNKNOWN,
    "capsule": Location.CAPSULAR,
}
_STATUSES: dict[str, Status] = {status.value: status for status in Status}
_WALLS: dict[str, MuscularWall] = {
    **{wall.value: wall for wall in MuscularWall},
    "": MuscularWall.UNKNOWN,
}
_KINDS: dict[str, Kind] = {**{kind.value: kind for kind in Kind}, "": Kind.UNKNOWN}

_Word = TypeVar("_Word", bound=StrEnum)


def read_grade_table(path: Path | str) -> dict[str, list[InvadedVessel]]:
    """Read vessels by case, in the order of the file.

    Raises
    ------
    UsageError
        If the file cannot be read or anything in it is doubtful; all problems are named at once, each
        with its line.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"cannot read {path}: {error.strerror or error}; give the path of a table with the "
            f"columns {','.join(COLUMNS)}"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path.name} is not UTF-8 text (byte {error.start}); save it as CSV UTF-8"
        ) from error
    reading = _Reading()
    try:
        for line, row in _rows(text, path.name):
            reading.add(line, row)
    except csv.Error as error:
        reading.problems.append(f"{error}; the quotes or the columns are damaged")
    if reading.problems:
        n = len(reading.problems)
        listed = "\n".join(f"  {problem}" for problem in reading.problems)
        raise UsageError(f"{path.name} has {n} problem{'s' if n > 1 else ''}:\n{listed}")
    if not reading.cases:
        raise UsageError(f"{path.name} has a header but no row; write one row per vessel")
    return reading.cases


def _rows(text: str, name: str) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """Lines with their fields as (column, text) pairs; checks the header first."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = next((row for row in reader if any(field.strip() for field in row)), None)
    if header is None:
        raise UsageError(
            f"{name} is empty; write the header {','.join(COLUMNS)} and a row per vessel"
        )
    columns = [column.strip().lower() for column in header]
    missing = [column for column in COLUMNS if column not in columns]
    if missing:
        remedy = (
            "separate columns by commas"
            if len(columns) == 1 and re.search("[;\t]", columns[0])
            else f"the header must hold {','.join(COLUMNS)}"
        )
        raise UsageError(
            f"{name}, line {reader.line_num}: no column {', '.join(missing)}; {remedy}"
        )
    twice = sorted({c for c in (*COLUMNS, *OPTIONAL_COLUMNS) if columns.count(c) > 1})
    if twice:
        raise UsageError(
            f"{name}, line {reader.line_num}: column {', '.join(twice)} stands there twice; keep one"
        )
    for row in reader:
        fields = [field.strip() for field in row]
        if any(fields):
            # A short or long row is reported by the caller: pairs keep the count of fields.
            padded = [*fields, *[""] * (len(columns) - len(fields))]
            names = [*columns, *[""] * (len(fields) - len(columns))]
            yield reader.line_num, list(zip(names, padded, strict=True))


@dataclass
class _Reading:
    """What was read so far, and everything that was wrong with it."""

    cases: dict[str, list[InvadedVessel]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    first_seen: dict[tuple[str, str], int] = field(default_factory=dict)
    stated_empty: dict[str, int] = field(default_factory=dict)

    def add(self, line: int, pairs: list[tuple[str, str]]) -> None:
        """Read one row, or note why it cannot be read."""
        surplus = [text for column, text in pairs if column == "" and text]
        row = {column: text for column, text in pairs if column}
        found = [f"more fields than columns ({surplus[0]!r})"] if surplus else []
        if not row["case"]:
            found.append("no case; name the case of this row")
        elif not row["vessel"]:
            found.extend(self._add_empty_case(line, row))
        else:
            found.extend(self._add_vessel(line, row))
        self.problems.extend(f"line {line}: {problem}" for problem in found)

    def _add_empty_case(self, line: int, row: Mapping[str, str]) -> list[str]:
        case = row["case"]
        filled = [c for c in (*COLUMNS, *OPTIONAL_COLUMNS) if c != "case" and row.get(c)]
        if filled:
            return [f"{', '.join(filled)} without a vessel; name the vessel"]
        if self.cases.get(case):
            return [f"case {case} is stated to have no vessel, but has some above; delete one"]
        self.cases.setdefault(case, [])
        self.stated_empty[case] = line
        return []

    def _add_vessel(self, line: int, row: Mapping[str, str]) -> list[str]:
        case, name = row["case"], row["vessel"]
        problems: list[str] = []
        if (case, name) in self.first_seen:
            problems.append(
                f"vessel {name} of case {case} stands already on line {self.first_seen[case, name]}"
            )
        if case in self.stated_empty:
            problems.append(
                f"case {case} is stated to have no vessel on line {self.stated_empty[case]}"
            )
        self.first_seen.setdefault((case, name), line)
        dist_edge_um = _number("dist_edge_um", row, problems)
        n_cells = _number("n_tumour_cells", row, problems)
        if n_cells is not None and n_cells != int(n_cells):
            problems.append(f"n_tumour_cells {row['n_tumour_cells']!r} is not a whole number")
        location = _word("location", row, _LOCATIONS, problems)
        status = _word("status", row, _STATUSES, problems)
        wall = _word("muscular_wall", row, _WALLS, problems)
        kind = _word("kind", row, _KINDS, problems)
        if problems or location is None or status is None or wall is None or kind is None:
            return problems
        self.cases.setdefault(case, []).append(
            InvadedVessel(
                name,
                dist_edge_um,
                None if n_cells is None else int(n_cells),
                location,
                status,
                wall,
                kind,
            )
        )
        return []


def _number(column: str, row: Mapping[str, str], problems: list[str]) -> float | None:
    text = row[column]
    if not text:
        return None
    if not _NUMBER.fullmatch(text) or float(text) == float("inf"):
        problems.append(f"{column} {text!r} is not a number; leave it empty if unknown")
        return None
    if float(text) < 0:
        problems.append(f"{column} {text!r} is negative; leave it empty if unknown")
        return None
    return float(text)


def _word(
    column: str, row: Mapping[str, str], known: Mapping[str, _Word], problems: list[str]
) -> _Word | None:
    text = row.get(column, "")
    word = re.sub(r"[\s-]+", "_", text.lower()).replace("tumoural", "tumoral")
    if word not in known:
        problems.append(f"unknown {column} {text!r}; write {_choices(known)}")
        return None
    return known[word]


def _choices(known: Iterable[str]) -> str:
    words = [word for word in known if word]
    return ", ".join(words[:-1]) + " or " + words[-1]
