"""The rows of the structured report: per kind of vessel how many, how far, and how many tumour cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pathoflow.mvi.completions import possible_far
from pathoflow.mvi.evidence import InvadedVessel, Kind, Location, Status

#: The step of the box "tumour cells <=50 / >50".
CELL_LIMIT = 50

#: Rows in the order of the Chinese template; veins of the capsule stand in the portal row.
KIND_ROWS: dict[Kind, tuple[Kind, ...]] = {
    Kind.PORTAL: (Kind.PORTAL, Kind.CAPSULAR),
    Kind.HEPATIC: (Kind.HEPATIC,),
    Kind.ARTERY: (Kind.ARTERY,),
    Kind.LYMPHATIC: (Kind.LYMPHATIC,),
    Kind.UNKNOWN: (Kind.UNKNOWN,),
}


class CellBox(StrEnum):
    """The box of a count of tumour cells."""

    UP_TO_50 = "up_to_50"
    OVER_50 = "over_50"
    #: Not counted, or the interval lies on both sides.
    UNDETERMINED = "undetermined"


def cell_box(n_cells: int | None, interval: tuple[int, int] | None = None) -> CellBox:
    """The box by the interval where there is one, else by the count."""
    if n_cells is None and interval is None:
        return CellBox.UNDETERMINED
    low, high = interval if interval is not None else (n_cells or 0, n_cells or 0)
    if high <= CELL_LIMIT:
        return CellBox.UP_TO_50
    return CellBox.OVER_50 if low > CELL_LIMIT else CellBox.UNDETERMINED


@dataclass(frozen=True, slots=True)
class KindCounts:
    """One row."""

    kind: Kind
    n: int
    n_uncertain: int
    #: Farthest measured distance, µm; None where none was measured.
    farthest_um: float | None
    #: Vessels that lie beyond the limit by their block or a reader's word, without a number.
    n_far_unmeasured: int
    #: The same, near.
    n_near_unmeasured: int
    #: Vessels of which not even the side is known.
    n_unknown: int
    boxes: dict[CellBox, int]

    @property
    def box(self) -> CellBox | None:
        """The row's own box, by its vessel of most cells; None without a vessel."""
        if not self.n:
            return None
        # Over 50 in one vessel settles the row; below that an undetermined one might still be over.
        worst = (CellBox.OVER_50, CellBox.UNDETERMINED, CellBox.UP_TO_50)
        return next(box for box in worst if self.boxes[box])


def count_kinds(vessels: Sequence[InvadedVessel], near_um: float) -> tuple[KindCounts, ...]:
    """Rows of vessels that count; the row of unknown kind only where it holds any."""
    rows = []
    for kind, members in KIND_ROWS.items():
        own = [v for v in vessels if v.kind in members]
        if own or kind is not Kind.UNKNOWN:
            rows.append(_count(kind, own, near_um))
    return tuple(rows)


def _count(kind: Kind, vessels: Sequence[InvadedVessel], near_um: float) -> KindCounts:
    sure = [v for v in vessels if v.status is Status.ACCEPTED]
    measured = [v.dist_edge_um for v in sure if v.dist_edge_um is not None]
    unmeasured = [v for v in sure if v.dist_edge_um is None]
    sides = [
        possible_far(v, near_um) for v in unmeasured if v.location is not Location.INTRATUMORAL
    ]
    boxes = [cell_box(v.n_cells, v.n_cells_interval) for v in sure]
    return KindCounts(
        kind,
        len(sure),
        len(vessels) - len(sure),
        max(measured, default=None),
        sum(side == {True} for side in sides),
        sum(side == {False} for side in sides),
        sum(len(side) > 1 for side in sides),
        {box: boxes.count(box) for box in CellBox},
    )
