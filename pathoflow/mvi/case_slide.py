"""The slides of a case as grading needs them: site, status, and the candidate vessels with their evidence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pathoflow.errors import Code
from pathoflow.mvi.case_table import CaseRow
from pathoflow.mvi.evidence import Kind, Location, MuscularWall
from pathoflow.mvi.site import Site

#: The status of a slide that stands in the table of cases and has no result.
NOT_ANALYSED = "not_analysed"
#: What is said of the material as a whole, so that nothing found in it may be graded by a machine.
UNGRADED_CODES = frozenset({Code.OOD_ORGAN, Code.OOD_STAIN, Code.OOD_FROZEN, Code.BIOPSY})


@dataclass(frozen=True, slots=True)
class CaseVessel:
    """One vessel that a reader should look at, as the machine saw it, or as a reader added it."""

    id: str
    #: Whether the machine called it invaded; else it is only listed.
    is_called: bool = False
    p_mvi: float | None = None
    kind: Kind = Kind.UNKNOWN
    location: Location = Location.UNKNOWN
    #: Distance to the tumour's border on the same piece, µm; None is unknown.
    dist_edge_um: float | None = None
    n_cells: int | None = None
    n_cells_interval: tuple[int, int] | None = None
    muscular_wall: MuscularWall = MuscularWall.UNKNOWN
    #: Number of the tissue piece it lies on; None where that was not recorded.
    piece: int | None = None

    @classmethod
    def of_row(cls, row: Mapping[str, Any], is_called: bool) -> CaseVessel:
        """A vessel of `result.json`; whole cells inside the interval that the machine gives."""
        interval = row["n_tumour_cells_interval"]
        return cls(
            row["id"],
            is_called,
            row["p_mvi"],
            Kind(row["kind"] or "unknown"),
            Location(row["location"] or "unknown"),
            row["dist_edge_um"],
            row["n_tumour_cells"],
            None if interval is None else (math.floor(interval[0]), math.ceil(interval[1])),
            MuscularWall(row.get("muscular_wall") or "unknown"),
            row.get("piece"),
        )


@dataclass(frozen=True, slots=True)
class CaseSlide:
    """One slide of a case."""

    id: str
    block: str = ""
    site: Site = Site.UNKNOWN
    #: Name of the tumour that its block belongs to; empty where the case names none.
    tumour: str = ""
    #: ok, ok_with_warnings, failed, excluded, or `NOT_ANALYSED`.
    status: str = NOT_ANALYSED
    #: Remarks of the analysis: code, severity, message.
    codes: tuple[Mapping[str, Any], ...] = ()
    #: Candidates, most suspicious first.
    vessels: tuple[CaseVessel, ...] = ()
    #: All vessels that were outlined; None where the slide was not judged.
    n_vessels: int | None = None
    #: Tumour regions found; None where the slide was not judged.
    n_tumours: int | None = None
    tissue_um2: float | None = None
    excluded_um2: float | None = None
    pieces: int | None = None
    is_synthetic: bool = False
    #: Whether the slide's own report exists.
    has_report: bool = False

    @classmethod
    def expected(cls, row: CaseRow) -> CaseSlide:
        """A slide of the table of which nothing is known yet."""
        return cls(row.slide, row.block, row.site, row.tumour)

    @property
    def is_analysed(self) -> bool:
        """Whether its vessels were judged."""
        return self.status in ("ok", "ok_with_warnings")

    @property
    def is_refused(self) -> bool:
        """Whether it says of its material that it must not be graded."""
        return bool(self.refusing_codes)

    @property
    def refusing_codes(self) -> tuple[Mapping[str, Any], ...]:
        """Remarks that forbid a grade."""
        return tuple(code for code in self.codes if code["code"] in UNGRADED_CODES)

    def has_code(self, code: Code) -> bool:
        """Whether the analysis left this remark."""
        return any(one["code"] == code for one in self.codes)


def vessels_of(rows: Sequence[Mapping[str, Any]], p_called: float) -> tuple[CaseVessel, ...]:
    """Candidates of `result.json`; from ``p_called`` on a score calls a vessel invaded."""
    return tuple(CaseVessel.of_row(row, (row["p_mvi"] or 0.0) >= p_called) for row in rows)
