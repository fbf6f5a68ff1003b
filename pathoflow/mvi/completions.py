"""From incomplete evidence to every complete case that it still allows.

A vessel may be uncertain (in or out), its distance unknown (near or far), its cells uncounted, its wall
or kind not stated. Grading asks which grades remain, so all ways of filling in the blanks must be
looked at. There are exponentially many, but systems only distinguish a few coarse facts about a case.
`CaseCounts` holds these facts and nothing finer, so vessels can be added one at a time to a *set* of
cases that never exceeds a few hundred: an exact answer in linear time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TypeAlias

from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.evidence import (
    InvadedVessel,
    Kind,
    Location,
    MuscularWall,
    Status,
    TumourBurden,
)

#: No system tells 6 vessels from 7.
MANY_VESSELS = 6
#: The lowest counts from which Seoul (at least 50) and Iguchi (more than 50) change their answer.
CELL_BORDERS = (50, 51)
#: Stands for every count below the lowest border.
FEW_CELLS = 1


#: Per fact of a vessel, in the order of `VesselFacts`, the answers that remain.
_Blanks: TypeAlias = tuple[frozenset[bool], frozenset[int], frozenset[bool], frozenset[bool]]


class TumourClass(StrEnum):
    """The tumours as the AJCC stage tells them apart."""

    SOLITARY_TO_20_MM = "solitary_to_20_mm"
    SOLITARY_OVER_20_MM = "solitary_over_20_mm"
    MULTIPLE_TO_50_MM = "multiple_to_50_mm"
    MULTIPLE_OVER_50_MM = "multiple_over_50_mm"


@dataclass(frozen=True, slots=True)
class VesselFacts:
    """One vessel without blanks."""

    is_far: bool
    cells: int
    is_muscular: bool
    is_hepatic: bool


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """One case without blanks, as coarse as the systems are.

    ``n_vessels`` ends at `MANY_VESSELS`; ``most_cells`` is 0 without vessels, else `FEW_CELLS` or one
    of `CELL_BORDERS`.
    """

    tumour: TumourClass
    n_vessels: int = 0
    any_far: bool = False
    most_cells: int = 0
    any_muscular: bool = False
    any_hepatic: bool = False

    def plus(self, vessel: VesselFacts) -> CaseCounts:
        """This case with one more invaded vessel."""
        return CaseCounts(
            self.tumour,
            min(self.n_vessels + 1, MANY_VESSELS),
            self.any_far or vessel.is_far,
            max(self.most_cells, vessel.cells),
            self.any_muscular or vessel.is_muscular,
            self.any_hepatic or vessel.is_hepatic,
        )


@dataclass(frozen=True, slots=True)
class CaseEvidence:
    """The vessels of one case, sorted by what they mean for the count."""

    accepted: tuple[InvadedVessel, ...]
    uncertain: tuple[InvadedVessel, ...]
    n_left_out: int
    """Accepted or uncertain vessels inside the tumour that are not counted."""
    criteria: MviCriteria
    tumour: TumourBurden

    @classmethod
    def of(
        cls,
        vessels: Sequence[InvadedVessel],
        criteria: MviCriteria,
        tumour: TumourBurden | None = None,
    ) -> CaseEvidence:
        """Sort vessels; rejected ones disappear here."""
        kept = [v for v in vessels if v.status is not Status.REJECTED]
        counted = [
            v
            for v in kept
            if criteria.include_intratumoral or v.location is not Location.INTRATUMORAL
        ]
        return cls(
            tuple(v for v in counted if v.status is Status.ACCEPTED),
            tuple(v for v in counted if v.status is Status.UNCERTAIN),
            len(kept) - len(counted),
            criteria,
            tumour or TumourBurden(),
        )

    def possible_cases(self) -> frozenset[CaseCounts]:
        """Every case that the evidence allows, uncertain vessels in or out."""
        return self._reach([(self.accepted, False), (self.uncertain, True)])

    def cases_without_uncertain(self) -> frozenset[CaseCounts]:
        """Every case that remains if all uncertain vessels turn out not invaded."""
        return self._reach([(self.accepted, False)])

    def cases_with_uncertain(self) -> frozenset[CaseCounts]:
        """Every case that remains if all uncertain vessels turn out invaded."""
        return self._reach([(self.accepted, False), (self.uncertain, False)])

    def _reach(
        self, groups: Iterable[tuple[Sequence[InvadedVessel], bool]]
    ) -> frozenset[CaseCounts]:
        """Add vessels to the empty case; those of a group marked True may also stay away."""
        near_um = self.criteria.near_um
        cases = frozenset(CaseCounts(tumour) for tumour in possible_tumours(self.tumour))
        for vessels, may_stay_away in groups:
            for blanks, times in Counter(_blanks(v, near_um) for v in vessels).items():
                facts = [VesselFacts(*fact) for fact in product(*blanks)]
                for _ in range(times):
                    grown = frozenset(case.plus(fact) for case in cases for fact in facts)
                    if may_stay_away:
                        grown |= cases
                    # Facts only ever grow and end somewhere, so a standstill is final: ten
                    # thousand alike candidates cost no more than ten.
                    if grown == cases:
                        break
                    cases = grown
        return cases


def _blanks(vessel: InvadedVessel, near_um: float) -> _Blanks:
    return (
        possible_far(vessel, near_um),
        _possible_cells(vessel),
        _possible_walls(vessel),
        _possible_hepatic(vessel),
    )


def possible_far(vessel: InvadedVessel, near_um: float) -> frozenset[bool]:
    """Whether a vessel lies farther than ``near_um``; both answers where that is unknown."""
    if vessel.location is Location.INTRATUMORAL:
        return frozenset({False})
    if vessel.dist_edge_um is not None:
        return frozenset({vessel.dist_edge_um > near_um})
    match vessel.location:
        case Location.PERITUMORAL_FAR:
            return frozenset({True})
        case Location.PERITUMORAL_NEAR | Location.CAPSULAR:
            return frozenset({False})
    return frozenset({False, True})


def possible_tumours(tumour: TumourBurden) -> frozenset[TumourClass]:
    """The classes that size and number leave open; an unstated number is taken as one."""
    if (tumour.n_tumours or 1) == 1:
        border_um, small, large = (
            20_000.0,
            TumourClass.SOLITARY_TO_20_MM,
            TumourClass.SOLITARY_OVER_20_MM,
        )
    else:
        border_um, small, large = (
            50_000.0,
            TumourClass.MULTIPLE_TO_50_MM,
            TumourClass.MULTIPLE_OVER_50_MM,
        )
    if tumour.largest_um is None:
        return frozenset({small, large})
    return frozenset({small if tumour.largest_um <= border_um else large})


def _possible_cells(vessel: InvadedVessel) -> frozenset[int]:
    if vessel.n_cells_interval is not None:
        low, high = vessel.n_cells_interval
    elif vessel.n_cells is not None:
        low = high = vessel.n_cells
    else:
        return frozenset({FEW_CELLS, *CELL_BORDERS})
    reached = {border for border in CELL_BORDERS if low <= border <= high}
    return frozenset({_coarse_cells(low), _coarse_cells(high), *reached})


def _coarse_cells(n_cells: int) -> int:
    return max((border for border in CELL_BORDERS if n_cells >= border), default=FEW_CELLS)


def _possible_walls(vessel: InvadedVessel) -> frozenset[bool]:
    if vessel.muscular_wall is MuscularWall.UNKNOWN:
        return frozenset({False, True})
    return frozenset({vessel.muscular_wall is MuscularWall.YES})


def _possible_hepatic(vessel: InvadedVessel) -> frozenset[bool]:
    match vessel.kind:
        case Kind.HEPATIC:
            return frozenset({True})
        # Veins of the capsule drain to the portal side in most cases and stand in its row of the report.
        case Kind.PORTAL | Kind.CAPSULAR:
            return frozenset({False})
    return frozenset({False, True})
