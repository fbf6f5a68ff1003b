"""From what the machine saw in a vessel, where its block was cut and what a reader decided, to what counts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pathoflow.mvi.case_slide import CaseSlide, CaseVessel
from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.decisions import Decisions, VesselDecision
from pathoflow.mvi.evidence import InvadedVessel, Location, Status
from pathoflow.mvi.kind_counts import CELL_LIMIT, CellBox
from pathoflow.mvi.language import Phrase, phrase
from pathoflow.mvi.location import DistMethod
from pathoflow.mvi.site import Site


class Role(StrEnum):
    """What became of a vessel in the count."""

    COUNTED = "counted"
    #: A reader, or the machine where no reader has begun, is not sure of it.
    UNCERTAIN = "uncertain"
    #: A reader has begun, and has not yet come to it.
    UNSEEN = "unseen"
    REJECTED = "rejected"
    #: Another profile of a vessel that is counted already.
    LINKED = "linked"
    #: It lies on a piece or a slide that is left out.
    EXCLUDED = "excluded"
    #: Invaded, but inside the tumour, where vessels are shown apart.
    INTRATUMORAL = "intratumoral"


#: Stands for the open end of "more than 50 cells": beyond what one profile holds.
MANY_CELLS = 9_999

#: Roles that take part in the grade, certainly or perhaps.
IN_GRADE = (Role.COUNTED, Role.UNCERTAIN, Role.UNSEEN)

_STATUS = {Role.COUNTED: Status.ACCEPTED, Role.UNCERTAIN: Status.UNCERTAIN}
_STATUS |= {Role.UNSEEN: Status.UNCERTAIN, Role.INTRATUMORAL: Status.ACCEPTED}


@dataclass(frozen=True, slots=True)
class SettledVessel:
    """One vessel of the case with everything that was decided about it."""

    slide: CaseSlide
    seen: CaseVessel
    #: As grading takes it.
    vessel: InvadedVessel
    role: Role
    #: How its distance, or the side of the limit it lies on, is known.
    dist_method: DistMethod | None
    #: The vessel that it is counted with.
    same_as: str | None = None
    #: Why it is left out, in the words of whoever left it out.
    reason: str = ""
    remarks: tuple[Phrase, ...] = ()

    @property
    def id(self) -> str:
        """The vessel's id."""
        return self.seen.id


def settle(
    slide: CaseSlide, seen: CaseVessel, decisions: Decisions | None, criteria: MviCriteria
) -> SettledVessel:
    """Settle one vessel; without decisions the machine's own proposal is taken."""
    word = decisions.on(seen.id) if decisions else VesselDecision()
    place = _place(seen, slide.site, word, criteria)
    role, reason = _role(slide, seen, decisions, criteria, place.location)
    by_hand = word.n_cells is not None or word.cell_box is not None
    vessel = InvadedVessel(
        seen.id,
        place.dist_edge_um,
        word.n_cells if by_hand else seen.n_cells,
        place.location,
        _STATUS.get(role, Status.REJECTED),
        word.muscular_wall or seen.muscular_wall,
        word.kind or seen.kind,
        _interval_by_hand(word) if by_hand else seen.n_cells_interval,
    )
    return SettledVessel(
        slide, seen, vessel, role, place.method, reason=reason, remarks=place.remarks
    )


def _interval_by_hand(word: VesselDecision) -> tuple[int, int] | None:
    """A counted number is sure; a box holds every number on its side of the limit."""
    if word.n_cells is not None:
        return None
    return (1, CELL_LIMIT) if word.cell_box is CellBox.UP_TO_50 else (CELL_LIMIT + 1, MANY_CELLS)


def _role(
    slide: CaseSlide,
    seen: CaseVessel,
    decisions: Decisions | None,
    criteria: MviCriteria,
    location: Location,
) -> tuple[Role, str]:
    """The role, and the reason of one that is left out."""
    if decisions is None:
        role = Role.COUNTED if seen.is_called else Role.UNCERTAIN
    else:
        if slide.id in decisions.excused:
            return Role.EXCLUDED, decisions.excused[slide.id]
        pieces = decisions.excluded_pieces.get(slide.id, {})
        if seen.piece is not None and seen.piece in pieces:
            return Role.EXCLUDED, pieces[seen.piece]
        role = {
            Status.ACCEPTED: Role.COUNTED,
            Status.UNCERTAIN: Role.UNCERTAIN,
            Status.REJECTED: Role.REJECTED,
            None: Role.UNSEEN,
        }[decisions.on(seen.id).verdict]
    is_inside = location is Location.INTRATUMORAL and not criteria.include_intratumoral
    return (Role.INTRATUMORAL if is_inside and role is Role.COUNTED else role), ""


@dataclass(frozen=True, slots=True)
class _Place:
    dist_edge_um: float | None
    location: Location
    method: DistMethod | None
    remarks: tuple[Phrase, ...] = ()


def _place(seen: CaseVessel, site: Site, word: VesselDecision, criteria: MviCriteria) -> _Place:
    """Where the vessel lies: by hand, else measured, else by its block."""
    near_um = criteria.near_um
    if word.dist_edge_um is not None:
        by_hand = word.location or _side(word.dist_edge_um > near_um)
        return _Place(
            word.dist_edge_um, by_hand, "manual", _against(word.dist_edge_um, seen, site, near_um)
        )
    measured = seen.dist_edge_um
    if word.location is not None:
        wanted = _is_far(word.location)
        if measured is not None and wanted is not None and wanted is not (measured > near_um):
            # The reader has seen the number and says otherwise.
            remark = phrase(
                "remark.location_by_hand", vessel=seen.id[:8], um=f"{measured / 1000:.1f} mm"
            )
            return _Place(None, word.location, "manual", (remark,))
        return _Place(measured, word.location, "manual" if measured is None else "auto")
    if measured is not None:
        return _Place(measured, seen.location, "auto", _against(measured, seen, site, near_um))
    if seen.location is not Location.UNKNOWN or site.is_far is None:
        return _Place(None, seen.location, None)
    remarks = (
        (phrase("remark.in_centre", vessel=seen.id[:8]),) if site is Site.TUMOUR_CENTRE else ()
    )
    return _Place(None, _side(site.is_far), "block_site", remarks)


def _side(is_far: bool) -> Location:
    return Location.PERITUMORAL_FAR if is_far else Location.PERITUMORAL_NEAR


def _is_far(location: Location) -> bool | None:
    match location:
        case Location.PERITUMORAL_FAR:
            return True
        case Location.PERITUMORAL_NEAR | Location.CAPSULAR:
            return False
    return None


def _against(
    dist_edge_um: float, seen: CaseVessel, site: Site, near_um: float
) -> tuple[Phrase, ...]:
    """A remark where a measured distance disagrees with the site of the block."""
    if site.is_far is None or site.is_far is (dist_edge_um > near_um):
        return ()
    key = "remark.far_block" if site.is_far else "remark.near_block"
    return (phrase(key, vessel=seen.id[:8], mm=f"{dist_edge_um / 1000:.1f}"),)
