"""The reasons of a grade, as phrases made from the numbers; `pathoflow.mvi.sentences` holds their words."""

from __future__ import annotations

from collections.abc import Sequence

from pathoflow.mvi.completions import CaseEvidence, possible_far, possible_tumours
from pathoflow.mvi.evidence import InvadedVessel, Kind, Location, MuscularWall
from pathoflow.mvi.kind_counts import CELL_LIMIT
from pathoflow.mvi.language import AnyOf, Phrase, phrase
from pathoflow.mvi.sentences import grade_word
from pathoflow.mvi.systems import Aspect, GradingSystem


def headline(system: GradingSystem, case: CaseEvidence, possible: Sequence[str]) -> Phrase:
    """What was counted and the grade that follows, in one sentence."""
    clauses = [_count_clause(case)]
    if case.accepted:
        if Aspect.DISTANCE in system.aspects:
            clauses.extend(_distance_clauses(case))
        if Aspect.CELLS in system.aspects:
            clauses.append(_cell_clause(case.accepted))
        if Aspect.WALL in system.aspects:
            clauses.append(_wall_clause(case.accepted))
        if Aspect.KIND in system.aspects:
            clauses.append(_kind_clause(case.accepted))
    if Aspect.TUMOUR in system.aspects:
        clauses.append(_tumour_clause(case))
    return phrase("headline", clauses=tuple(clauses), verdict=verdict(possible))


def verdict(possible: Sequence[str]) -> Phrase:
    """The grade, or the grades that are left."""
    key = "grades" if len(possible) == 1 else "undetermined"
    return phrase(key, grades=spoken_grades(possible))


def spoken_grades(grades: Sequence[str]) -> AnyOf:
    """Grades as a list of which one is meant."""
    return AnyOf(tuple(grade_word(grade) for grade in grades))


def uncertain_sentence(
    case: CaseEvidence, without: Sequence[str], with_all: Sequence[str]
) -> Phrase:
    """What uncertain vessels would change."""
    n = len(case.uncertain)
    if list(without) == list(with_all):
        return phrase("uncertain.same", n=n, without=spoken_grades(without))
    return phrase(
        "uncertain.changes",
        n=n,
        without=spoken_grades(without),
        with_all=spoken_grades(with_all),
    )


def blank_sentences(system: GradingSystem, case: CaseEvidence) -> list[Phrase]:
    """What to find out to narrow an undetermined grade."""
    vessels = (*case.accepted, *case.uncertain)
    blanks = [
        (
            Aspect.DISTANCE,
            "blank.distance",
            sum(len(possible_far(v, case.criteria.near_um)) > 1 for v in vessels),
        ),
        (
            Aspect.CELLS,
            "blank.cells",
            sum(v.n_cells is None and v.n_cells_interval is None for v in vessels),
        ),
        (
            Aspect.WALL,
            "blank.wall",
            sum(v.muscular_wall is MuscularWall.UNKNOWN for v in vessels),
        ),
        (
            Aspect.KIND,
            "blank.kind",
            sum(v.kind not in (Kind.PORTAL, Kind.CAPSULAR, Kind.HEPATIC) for v in vessels),
        ),
    ]
    sentences = [phrase(key, n=n) for aspect, key, n in blanks if aspect in system.aspects and n]
    if Aspect.TUMOUR in system.aspects and case.tumour.largest_um is None:
        sentences.append(phrase("blank.size"))
    return sentences


def distance_border_sentence(farthest_um: float, near_um: float) -> Phrase:
    """A distance too close to the limit to be sure about."""
    return phrase(
        "border.distance", um=spoken_um(farthest_um, near_um), limit=f"{near_um / 1000:g} mm"
    )


def count_border_sentence(number: int, last_few: int, noun: str) -> Phrase:
    """A count where one more or less changes the rule's answer; ``noun`` is ``vessels`` or ``cells``."""
    return phrase(f"border.{noun}", n=number, last_few=last_few, next=last_few + 1)


def spoken_um(distance_um: float, near_um: float) -> str:
    """A distance in mm; close to the limit in µm, where rounding would hide the side it lies on."""
    if abs(distance_um - near_um) <= 0.06 * near_um:
        text = f"{distance_um:,.4f}".rstrip("0").rstrip(".")
        return f"{text} µm"
    return f"{distance_um / 1000:.1f} mm"


def plural(number: int, noun: str) -> str:
    """A number with its English noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _count_clause(case: CaseEvidence) -> Phrase:
    if not case.accepted:
        return phrase("count.none")
    return phrase("count.vessels", n=len(case.accepted))


def _distance_clauses(case: CaseEvidence) -> list[Phrase]:
    near_um = case.criteria.near_um
    total = len(case.accepted)
    answers = [possible_far(v, near_um) for v in case.accepted]
    n_far = sum(a == {True} for a in answers)
    n_near = sum(a == {False} for a in answers)
    sides = [("near", n_near), ("far", n_far), ("open", total - n_far - n_near)]
    farthest = _farthest(case, n_near, n_far)
    limit = f"{near_um / 1000:g} mm"
    clauses = []
    for side, n in sides:
        if n:
            who = "it" if total == 1 else "all" if n == total else "some"
            how = farthest.get(side, "")
            clauses.append(phrase(f"{side}.{who}", some=n, limit=limit, farthest=how))
    return clauses


def _farthest(case: CaseEvidence, n_near: int, n_far: int) -> dict[str, Phrase]:
    """The farthest distance, at the side that it lies on; vessels of the far side without one say so."""
    near_um = case.criteria.near_um
    farthest_um = farthest_known_um(case.accepted)
    if farthest_um is None:
        return {"far" if n_far else "near": phrase("farthest.by_location")}
    key = "farthest.only" if len(case.accepted) == 1 else "farthest"
    told = phrase(key, um=spoken_um(farthest_um, near_um))
    if farthest_um > near_um:
        return {"far": told}
    by_location = {"far": phrase("farthest.by_location")} if n_far else {}
    return by_location | ({"near": told} if n_near else {})


def farthest_known_um(vessels: Sequence[InvadedVessel]) -> float | None:
    """The farthest stated distance outside the tumour, µm; None where none is stated."""
    known = [
        v.dist_edge_um
        for v in vessels
        if v.dist_edge_um is not None and v.location is not Location.INTRATUMORAL
    ]
    return max(known, default=None)


def most_known_cells(vessels: Sequence[InvadedVessel]) -> int | None:
    """The most cells stated for one vessel; None where none is stated."""
    return max((v.n_cells for v in vessels if v.n_cells is not None), default=None)


def _cell_clause(vessels: Sequence[InvadedVessel]) -> Phrase:
    most = most_known_cells(vessels)
    boxed = [v.n_cells_interval for v in vessels if v.n_cells is None and v.n_cells_interval]
    if any(low > CELL_LIMIT for low, _ in boxed) and (most or 0) <= CELL_LIMIT:
        return phrase("cells.over_50")
    if most is None:
        if not boxed:
            return phrase("cells.none")
        missing = _missing("cells.missing", len(vessels) - len(boxed))
        return phrase("cells.up_to_50", missing=missing)
    intervals = [
        v.n_cells_interval for v in vessels if v.n_cells == most and v.n_cells_interval is not None
    ]
    between: Phrase | str = ""
    if intervals:
        between = phrase("cells.between", low=intervals[0][0], high=intervals[0][1])
    open_ones = sum(v.n_cells is None and v.n_cells_interval is None for v in vessels)
    missing = _missing("cells.missing", open_ones)
    return phrase("cells.most", n=most, between=between, missing=missing)


def _missing(key: str, count: int) -> Phrase | str:
    return phrase(key, count=count) if count else ""


def _wall_clause(vessels: Sequence[InvadedVessel]) -> Phrase:
    n_muscular = sum(v.muscular_wall is MuscularWall.YES for v in vessels)
    n_unknown = sum(v.muscular_wall is MuscularWall.UNKNOWN for v in vessels)
    key = "wall.some" if n_muscular else "wall.none"
    return phrase(key, count=n_muscular, missing=_missing("wall.missing", n_unknown))


def _kind_clause(vessels: Sequence[InvadedVessel]) -> Phrase:
    n_hepatic = sum(v.kind is Kind.HEPATIC for v in vessels)
    n_portal = sum(v.kind in (Kind.PORTAL, Kind.CAPSULAR) for v in vessels)
    other = _missing("kinds.other", len(vessels) - n_hepatic - n_portal)
    return phrase("kinds", portal=n_portal, hepatic=n_hepatic, other=other)


def _tumour_clause(case: CaseEvidence) -> Phrase:
    tumour = case.tumour
    if tumour.n_tumours is None:
        number = phrase("tumour.solitary")
    else:
        number = phrase("tumour.count", n=tumour.n_tumours)
    if tumour.largest_um is None:
        return phrase("tumour.unsized", number=number)
    # The class, not the rounded size, says on which side of 2 cm or 5 cm it lies.
    side = next(iter(possible_tumours(tumour))).value.split("_", 1)[1]
    mm = f"{tumour.largest_um / 1000:.1f}"
    return phrase("tumour.sized", number=number, mm=mm, side=phrase(f"side.{side}"))
