"""The reasons of a grade, in plain sentences with numbers."""

from __future__ import annotations

from collections.abc import Sequence

from pathoflow.mvi.completions import CaseEvidence, possible_far, possible_tumours
from pathoflow.mvi.evidence import InvadedVessel, Kind, Location, MuscularWall
from pathoflow.mvi.systems import Aspect, GradingSystem


def headline(system: GradingSystem, case: CaseEvidence, possible: Sequence[str]) -> str:
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
    return f"{', '.join(clauses)}: {verdict(possible)}."


def verdict(possible: Sequence[str]) -> str:
    """The grade, or the grades that are left."""
    if len(possible) == 1:
        return possible[0]
    return f"undetermined, {spoken_grades(possible)}"


def spoken_grades(grades: Sequence[str]) -> str:
    """Grades as an English list."""
    if len(grades) == 1:
        return grades[0]
    return f"{', '.join(grades[:-1])} or {grades[-1]}"


def uncertain_sentence(case: CaseEvidence, without: Sequence[str], with_all: Sequence[str]) -> str:
    """What uncertain vessels would change."""
    n = len(case.uncertain)
    them = "it" if n == 1 else "them"
    start = f"{plural(n, 'further vessel')} {'is' if n == 1 else 'are'} uncertain"
    if list(without) == list(with_all):
        return f"{start}; the grade is {spoken_grades(without)} with or without {them}."
    return (
        f"{start}: without {them} {spoken_grades(without)}, "
        f"with {'it' if n == 1 else 'all of them'} {spoken_grades(with_all)}."
    )


def left_out_sentence(n_left_out: int) -> str:
    """Vessels inside the tumour that do not count."""
    verb = "was" if n_left_out == 1 else "were"
    return f"{plural(n_left_out, 'vessel')} inside the tumour {verb} left out of the count."


def blank_sentences(system: GradingSystem, case: CaseEvidence) -> list[str]:
    """What to find out to narrow an undetermined grade."""
    vessels = (*case.accepted, *case.uncertain)
    sentences = []
    if Aspect.DISTANCE in system.aspects:
        n = sum(len(possible_far(v, case.criteria.near_um)) > 1 for v in vessels)
        if n:
            sentences.append(
                f"The distance of {plural(n, 'vessel')} is unknown: measure it, or state whether the "
                "block was cut near the tumour or far from it."
            )
    if Aspect.CELLS in system.aspects:
        n = sum(v.n_cells is None and v.n_cells_interval is None for v in vessels)
        if n:
            sentences.append(f"The tumour cells of {plural(n, 'vessel')} are not counted.")
    if Aspect.WALL in system.aspects:
        n = sum(v.muscular_wall is MuscularWall.UNKNOWN for v in vessels)
        if n:
            sentences.append(
                f"Whether {plural(n, 'vessel')} {'has' if n == 1 else 'have'} a muscular wall "
                "is not stated."
            )
    if Aspect.KIND in system.aspects:
        n = sum(v.kind not in (Kind.PORTAL, Kind.CAPSULAR, Kind.HEPATIC) for v in vessels)
        if n:
            sentences.append(
                f"{plural(n, 'vessel')} {'is' if n == 1 else 'are'} stated neither as a portal "
                "nor as a hepatic vein."
            )
    if Aspect.TUMOUR in system.aspects and case.tumour.largest_um is None:
        sentences.append("The size of the tumour is not stated.")
    return sentences


def distance_border_sentence(farthest_um: float, near_um: float) -> str:
    """A distance too close to the limit to be sure about."""
    return (
        f"The farthest distance, {spoken_um(farthest_um, near_um)}, lies at the limit of "
        f"{near_um / 1000:g} mm; shrinkage of tissue in processing makes the side of the limit unsure."
    )


def count_border_sentence(number: int, last_few: int, noun: str) -> str:
    """A count where one more or less changes the rule's answer."""
    return (
        f"{plural(number, noun)}: the rule turns between {last_few} and {last_few + 1}, "
        "so one more or less may change the grade."
    )


def spoken_um(distance_um: float, near_um: float) -> str:
    """A distance in mm; close to the limit in µm, where rounding would hide the side it lies on."""
    if abs(distance_um - near_um) <= 0.06 * near_um:
        text = f"{distance_um:,.4f}".rstrip("0").rstrip(".")
        return f"{text} µm"
    return f"{distance_um / 1000:.1f} mm"


def plural(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _count_clause(case: CaseEvidence) -> str:
    if not case.accepted:
        return "No invaded vessel is counted"
    return plural(len(case.accepted), "invaded vessel")


def _distance_clauses(case: CaseEvidence) -> list[str]:
    near_um = case.criteria.near_um
    limit = f"{near_um / 1000:g} mm"
    total = len(case.accepted)
    answers = [possible_far(v, near_um) for v in case.accepted]
    n_far = sum(a == {True} for a in answers)
    n_near = sum(a == {False} for a in answers)
    n_open = total - n_far - n_near
    clauses = []
    if n_near:
        who = "" if total == 1 else "all " if n_near == total else f"{n_near} of them "
        clauses.append(f"{who}within {limit} of the tumour")
    if n_far:
        who = "" if total == 1 else "all " if n_far == total else f"{n_far} of them "
        clauses.append(f"{who}farther than {limit} from the tumour")
    if clauses:
        clauses[-1] += _farthest(case)
    if n_open:
        who = "" if total == 1 else "all " if n_open == total else f"{n_open} of them "
        clauses.append(f"{who}at an unknown distance")
    return clauses


def _farthest(case: CaseEvidence) -> str:
    farthest_um = farthest_known_um(case.accepted)
    if farthest_um is None:
        return " by location, not measured"
    word = "" if len(case.accepted) == 1 else "farthest "
    return f" ({word}{spoken_um(farthest_um, case.criteria.near_um)})"


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


def _cell_clause(vessels: Sequence[InvadedVessel]) -> str:
    most = most_known_cells(vessels)
    n_unknown = sum(v.n_cells is None for v in vessels)
    if most is None:
        return "tumour cells not counted"
    clause = f"up to {plural(most, 'tumour cell')} in one vessel"
    intervals = [
        v.n_cells_interval for v in vessels if v.n_cells == most and v.n_cells_interval is not None
    ]
    if intervals:
        low, high = intervals[0]
        clause += f" (between {low} and {high})"
    return clause + (f", {n_unknown} not counted" if n_unknown else "")


def _wall_clause(vessels: Sequence[InvadedVessel]) -> str:
    n_muscular = sum(v.muscular_wall is MuscularWall.YES for v in vessels)
    n_unknown = sum(v.muscular_wall is MuscularWall.UNKNOWN for v in vessels)
    clause = f"{n_muscular or 'none'} with a muscular wall"
    return clause + (f", {n_unknown} not stated" if n_unknown else "")


def _kind_clause(vessels: Sequence[InvadedVessel]) -> str:
    n_hepatic = sum(v.kind is Kind.HEPATIC for v in vessels)
    n_portal = sum(v.kind in (Kind.PORTAL, Kind.CAPSULAR) for v in vessels)
    n_other = len(vessels) - n_hepatic - n_portal
    clause = f"{n_portal} portal or capsular and {n_hepatic} hepatic"
    return clause + (f", {n_other} neither" if n_other else "")


def _tumour_clause(case: CaseEvidence) -> str:
    tumour = case.tumour
    number = "taken as solitary" if tumour.n_tumours is None else plural(tumour.n_tumours, "tumour")
    if tumour.largest_um is None:
        return f"{number}, size unknown"
    # The class, not the rounded size, says on which side of 2 cm or 5 cm it lies.
    side = next(iter(possible_tumours(tumour))).value.split("_", 1)[1].replace("_", " ")
    return f"{number}, largest {tumour.largest_um / 1000:.1f} mm ({side})"
