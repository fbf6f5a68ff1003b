"""The table of all vessels: stored numbers as sort keys, rounded numbers as text, units in the headers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pathoflow.report.both import Both, both
from pathoflow.report.gallery import flags_of
from pathoflow.report.ranking import Ranked
from pathoflow.report.wording import NOT_COUNTED, UNKNOWN, say_score, say_word

#: A page with more rows gets slow; the rest is in vessels.csv.
MAX_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Column:
    """One column: header with its unit, how a vessel's cell reads, and the stored value it is sorted by."""

    header: Both
    text: Callable[[Mapping[str, Any]], str]
    key: Callable[[Mapping[str, Any]], float | str | None]
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """``key`` is the stored value, unrounded; empty where it is absent."""

    text: str
    key: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One vessel."""

    number: int
    vessel_id: str
    is_candidate: bool
    is_pictured: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """All rows shown, and how many are not."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    n_hidden: int


def _number(
    name: str, header: Both, decimals: int, missing: str = UNKNOWN, per: float = 1
) -> Column:
    """A column of one stored number, shown in units of ``per`` stored units."""

    def text(vessel: Mapping[str, Any]) -> str:
        value = vessel.get(name)
        return missing if value is None else f"{value / per:.{decimals}f}"

    return Column(header, text, lambda vessel: vessel.get(name))


def _word(name: str, header: Both) -> Column:
    return Column(
        header,
        lambda vessel: say_word(vessel.get(name)),
        lambda vessel: say_word(vessel.get(name)),
        is_number=False,
    )


def _score(name: str, header: Both) -> Column:
    return Column(
        header, lambda vessel: say_score(vessel.get(name)), lambda vessel: vessel.get(name)
    )


def _interval(vessel: Mapping[str, Any]) -> str:
    interval = vessel.get("n_tumour_cells_interval")
    return f"{interval[0]:g} to {interval[1]:g}" if interval else NOT_COUNTED


def _interval_key(vessel: Mapping[str, Any]) -> float | None:
    interval = vessel.get("n_tumour_cells_interval")
    return interval[1] if interval else None


def _centre(axis: int) -> Callable[[Mapping[str, Any]], str]:
    return lambda vessel: f"{vessel['centroid_px'][axis]:.0f}"


def _centre_key(axis: int) -> Callable[[Mapping[str, Any]], float]:
    return lambda vessel: float(vessel["centroid_px"][axis])


def _flags(vessel: Mapping[str, Any]) -> str:
    return ", ".join(flags_of(vessel)) or "none"


COLUMNS: tuple[Column, ...] = (
    _score("p_mvi", both("table.p_mvi")),
    _number("n_tumour_cells", both("table.cells"), 0, NOT_COUNTED),
    Column(both("table.interval"), _interval, _interval_key),
    _number("tumour_in_lumen_fraction", both("table.lumen"), 0, per=0.01),
    _word("attachment", both("table.attachment")),
    _number("dist_edge_um", both("table.distance"), 2, per=1000),
    _word("dist_method", both("table.method")),
    _number("equivalent_diameter_um", both("table.diameter"), 0),
    _number("area_um2", both("table.area"), 0),
    _word("kind", both("table.kind")),
    _word("location", both("table.location")),
    _score("p_vessel", both("table.p_vessel")),
    Column(both("table.x"), _centre(1), _centre_key(1)),
    Column(both("table.y"), _centre(0), _centre_key(0)),
    Column(both("table.flags"), _flags, _flags, is_number=False),
)


def tabulate(
    ranked: Sequence[Ranked], pictured: Sequence[str] = (), max_rows: int = MAX_ROWS
) -> Table:
    """One row per vessel, most suspicious first; ``max_rows`` of them, or all candidates where these are more."""
    shown = frozenset(pictured)
    max_rows = max(max_rows, sum(item.is_candidate for item in ranked))
    rows = tuple(
        Row(item.number, item.id, item.is_candidate, item.id in shown, _cells(item.vessel))
        for item in ranked[:max_rows]
    )
    return Table(COLUMNS, rows, len(ranked) - len(rows))


def _cells(vessel: Mapping[str, Any]) -> tuple[Cell, ...]:
    cells = []
    for column in COLUMNS:
        key = column.key(vessel)
        cells.append(Cell(column.text(vessel), "" if key is None else str(key), column.is_number))
    return tuple(cells)
