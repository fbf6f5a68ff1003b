"""The grade of a case twice: from what is true of its slides, and from what the machine found on them.

Both go through the same rules as every grade. Equivocal veins are the class to ignore here too: they
enter neither grade, nor do candidates that hit nothing but ignored references; what the true grade would
be with some of them counted is told beside it. A candidate that is only listed is uncertain, and
distances may be unknown, so either grade may be undetermined; such cases take no part in kappa and are
counted instead. Two profiles of one vein are two vessels on either side, because the machine links none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pathoflow.metrics import rating_table
from pathoflow.mvi import (
    SYSTEMS,
    UNGRADED_CODES,
    Grade,
    InvadedVessel,
    Kind,
    Location,
    MviCriteria,
    Site,
    Status,
    grade_case,
    refuse_grades,
)
from pathoflow.pipeline.scoring.reference import Reference
from pathoflow.pipeline.scoring.tally import SlideTally, p_called
from pathoflow.store import Result

#: The system whose grades are compared; its grades are ordered from best to worst.
SYSTEM = "NHC"
GRADES = SYSTEMS[SYSTEM].grades


@dataclass(frozen=True, slots=True)
class GradePair:
    """One case's grade from the truth and from the machine."""

    true: Grade
    proposed: Grade
    #: The true grades that remain when any of the equivocal veins may be invaded.
    with_equivocal: tuple[str, ...]

    @property
    def is_compared(self) -> bool:
        """Whether both are determined."""
        return self.true.is_determined and self.proposed.is_determined

    @property
    def is_compatible(self) -> bool:
        """Whether the machine leaves a grade possible that the truth leaves possible."""
        return bool(set(self.true.possible) & set(self.proposed.possible))

    @property
    def table(self) -> NDArray[np.int64]:
        """One count in a table of `GRADES` (true by proposed); none where not compared."""
        pair = [(self.proposed.grade, self.true.grade)] if self.is_compared else []
        return rating_table([p for p, _ in pair], [t for _, t in pair], GRADES)

    def as_json(self) -> dict[str, Any]:
        """Both grades with what each leaves possible."""
        return {
            "grade_system": SYSTEM,
            "grade_true": self.true.grade,
            "grade_true_possible": list(self.true.possible),
            "grade_true_with_equivocal": list(self.with_equivocal),
            "grade_proposed": self.proposed.grade,
            "grade_proposed_possible": list(self.proposed.possible),
        }


@dataclass(frozen=True, eq=False, slots=True)
class GradedSlide:
    """A slide as grading needs it."""

    result: Result
    reference: Reference
    tally: SlideTally
    #: Where its block was cut from; empty is unknown.
    site: Site = Site.UNKNOWN


def grade_both(slides: Sequence[GradedSlide]) -> GradePair:
    """Grade a case of slides, each with its truth.

    Raises
    ------
    ValueError
        If there is no slide.
    """
    if not slides:
        raise ValueError("a case has at least one slide")
    seen = [vessel for slide in slides for vessel in _seen(slide)]
    sure = [vessel for vessel in seen if vessel.status is Status.ACCEPTED]
    found = [vessel for slide in slides for vessel in _found(slide)]
    refused = [
        str(code["message"])
        for slide in slides
        for code in slide.result.codes
        if code["code"] in UNGRADED_CODES
    ]
    criteria = _criteria(slides[0].result)
    proposed = refuse_grades(refused) if refused else grade_case(found, criteria)
    return GradePair(
        grade_case(sure, criteria)[SYSTEM],
        proposed[SYSTEM],
        tuple(grade_case(seen, criteria)[SYSTEM].possible),
    )


def _seen(slide: GradedSlide) -> list[InvadedVessel]:
    """Truly invaded vessels, and equivocal ones as uncertain."""
    graded = [vessel.as_graded() for vessel in slide.reference.vessels]
    return [_placed(vessel, slide.site) for vessel in graded if vessel is not None]


def _found(slide: GradedSlide) -> list[InvadedVessel]:
    """Candidates as the result's own proposal takes them, less those on ignored references."""
    called = p_called(slide.result)
    return [
        _placed(
            InvadedVessel(
                row["id"],
                row["dist_edge_um"],
                row["n_tumour_cells"],
                Location(row["location"]),
                Status.ACCEPTED if (row["p_mvi"] or 0.0) >= called else Status.UNCERTAIN,
                kind=Kind(row["kind"]),
                n_cells_interval=_interval(row["n_tumour_cells_interval"]),
            ),
            slide.site,
        )
        # Both follow the order in which a reader meets them.
        for row, is_ignored in zip(slide.result.candidates, slide.tally.listed.ignored, strict=True)
        if not is_ignored
    ]


def _interval(ends: Sequence[float] | None) -> tuple[int, int] | None:
    return None if ends is None else (int(ends[0]), int(ends[1]))


def _placed(vessel: InvadedVessel, site: Site) -> InvadedVessel:
    is_open = vessel.dist_edge_um is None and vessel.location is Location.UNKNOWN
    if not is_open or site.is_far is None:
        return vessel
    far, near = Location.PERITUMORAL_FAR, Location.PERITUMORAL_NEAR
    return replace(vessel, location=far if site.is_far else near)


def _criteria(result: Result) -> MviCriteria:
    """What was near and what was counted when the case's first slide was analysed."""
    settings = result.data["provenance"].get("settings") or {}
    known = settings.get("criteria") or {}
    names = ("near_um", "include_intratumoral")
    return MviCriteria(**{name: known[name] for name in names if name in known})
