"""What a reader decided about a case: plain values, so that a journal, a form or a script can hold them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from pathoflow.mvi.case_slide import CaseVessel
from pathoflow.mvi.evidence import Kind, Location, MuscularWall, Status, TumourBurden
from pathoflow.mvi.kind_counts import CellBox
from pathoflow.mvi.site import Site


@dataclass(frozen=True, slots=True)
class VesselDecision:
    """A reader's word on one vessel; what is None stays as the machine saw it.

    Raises
    ------
    ValueError
        If a distance or a number of cells is negative or not finite.
    """

    verdict: Status | None = None
    kind: Kind | None = None
    location: Location | None = None
    #: Distance measured by hand, µm.
    dist_edge_um: float | None = None
    #: Tumour cells counted by hand; the machine's interval then no longer holds.
    n_cells: int | None = None
    muscular_wall: MuscularWall | None = None
    #: The box that a reader chose without counting; where a number is given too, the number holds.
    cell_box: CellBox | None = None

    def __post_init__(self) -> None:
        if self.dist_edge_um is not None and not 0 <= self.dist_edge_um < math.inf:
            raise ValueError(
                f"a distance must be finite and not negative, got {self.dist_edge_um} µm"
            )
        if self.n_cells is not None and self.n_cells < 0:
            raise ValueError(f"a number of cells cannot be negative, got {self.n_cells}")


_NOTHING = VesselDecision()


@dataclass(frozen=True, slots=True)
class AddedVessel:
    """A vessel that the machine did not list, with the slide it lies on."""

    slide: str
    vessel: CaseVessel


@dataclass(frozen=True, slots=True)
class Decisions:
    """Everything that a reader decided about one case.

    Raises
    ------
    ValueError
        If something is left out or overruled without a reason, or a vessel is linked to itself.
    """

    #: By vessel id.
    vessels: Mapping[str, VesselDecision] = field(default_factory=dict)
    #: Vessels the machine did not list; their verdict stands in ``vessels`` like any other.
    added: tuple[AddedVessel, ...] = ()
    #: Pairs of profiles of one vessel, which count once.
    same_vessel: tuple[tuple[str, str], ...] = ()
    #: Pieces or ribbons left out, by slide and number of the piece, with the reason.
    excluded_pieces: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    #: Slides that failed, are missing or cannot be graded, and that the case goes on without: reasons by slide.
    excused: Mapping[str, str] = field(default_factory=dict)
    #: Slides whose codes forbid a grade and are found to be wrong: reasons by slide.
    overruled: Mapping[str, str] = field(default_factory=dict)
    #: Sites of blocks as the reader states them, by slide; they win over the table.
    sites: Mapping[str, Site] = field(default_factory=dict)
    #: Slides whose tumour outline a reader has confirmed.
    confirmed_tumours: frozenset[str] = frozenset()
    #: Size and number of the tumours, for the stage.
    burden: TumourBurden | None = None
    #: The reader has seen all candidates, and looked for vessels without aid.
    complete: bool = False
    #: Vessels of the machine whose outline, or whose tumour, a reader drew anew: as they were measured again.
    remeasured: tuple[CaseVessel, ...] = ()
    #: Vessels of the machine that a reader took away: deleted, or become parts of others.
    removed: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        reasons = {
            **{f"slide {slide}": reason for slide, reason in self.excused.items()},
            **{f"slide {slide}": reason for slide, reason in self.overruled.items()},
            **{
                f"piece {piece} of slide {slide}": reason
                for slide, pieces in self.excluded_pieces.items()
                for piece, reason in pieces.items()
            },
        }
        silent = [what for what, reason in reasons.items() if not reason.strip()]
        if silent:
            raise ValueError(f"{', '.join(silent)} cannot be left out without a written reason")
        alone = [first for first, second in self.same_vessel if first == second]
        if alone:
            raise ValueError(f"vessel {alone[0]} cannot be linked to itself")

    def on(self, vessel_id: str) -> VesselDecision:
        """The word on one vessel; an empty one where there is none."""
        return self.vessels.get(vessel_id, _NOTHING)
