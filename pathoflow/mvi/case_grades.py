"""Grades of a whole case: over several tumours, before a reader is done, and where there must be none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from pathoflow.mvi.completions import MANY_VESSELS, CaseEvidence
from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.evidence import InvadedVessel, Status, TumourBurden
from pathoflow.mvi.grade import UNDETERMINED, Grade, grade_case, remaining
from pathoflow.mvi.language import Phrase, Sentence, phrase
from pathoflow.mvi.systems import AJCC8, SYSTEMS, GradingSystem
from pathoflow.mvi.wording import verdict

#: Absence is not yet confirmed.
NOT_CONFIRMED = "absence_not_confirmed"


@dataclass(frozen=True, slots=True)
class TumourGrade:
    """One tumour of a case of several; ``name`` is empty for vessels of blocks that name none."""

    name: str
    n_slides: int
    n_vessels: int
    n_uncertain: int
    grades: Mapping[str, Grade]


def grade_tumours(
    groups: Mapping[str, tuple[int, Sequence[InvadedVessel]]], criteria: MviCriteria
) -> tuple[TumourGrade, ...]:
    """Grade each tumour alone, from its number of slides and its vessels."""
    return tuple(
        TumourGrade(
            name,
            n_slides,
            sum(v.status is Status.ACCEPTED for v in vessels),
            sum(v.status is Status.UNCERTAIN for v in vessels),
            grade_case(vessels, criteria),
        )
        for name, (n_slides, vessels) in groups.items()
    )


def worst_grades(
    tumours: Sequence[TumourGrade],
    vessels: Sequence[InvadedVessel],
    criteria: MviCriteria,
    burden: TumourBurden,
) -> dict[str, Grade]:
    """The grade of a case of several tumours: that of the worst one, in every system.

    The stage asks for the tumours together, so it is graded so. Vessels of no named tumour may belong to any: with
    them the grade of all vessels taken together stays possible too.
    """
    together = grade_case(vessels, criteria, burden)
    has_stray = any(not t.name and t.n_vessels + t.n_uncertain for t in tumours)
    return {
        name: together[name]
        if system is AJCC8
        else _worst(system, tumours, together[name] if has_stray else None)
        for name, system in SYSTEMS.items()
    }


def _worst(system: GradingSystem, tumours: Sequence[TumourGrade], together: Grade | None) -> Grade:
    order = system.grades.index
    grades = [tumour.grades[system.name] for tumour in tumours]
    # Tumours share no vessel, so what is open in one does not depend on another.
    reached = {max(chosen, key=order) for chosen in product(*(g.possible for g in grades))}
    if together is not None:
        reached |= set(together.possible)
    possible = system.in_order(frozenset(reached))
    named = tuple(
        phrase(
            "tumours.one" if tumour.name else "tumours.stray",
            name=tumour.name,
            verdict=verdict(tumour.grades[system.name].possible),
        )
        for tumour in tumours
    )
    n_named = sum(bool(tumour.name) for tumour in tumours)
    sentences: list[Sentence] = [
        phrase("tumours.worst", n=n_named, grades=named, verdict=verdict(possible))
    ]
    once: list[Sentence] = []
    for tumour, grade in zip(tumours, grades, strict=True):
        # A tumour with nothing in it explains no grade.
        if not tumour.n_vessels + tumour.n_uncertain:
            continue
        name = tumour.name or phrase("tumours.no_name")
        for reason in grade.sentences:
            if isinstance(reason, Phrase) and not reason.values:
                # It speaks of the rule and not of this tumour.
                once += [] if reason in once else [reason]
            else:
                sentences.append(phrase("tumours.of", name=name, reason=reason))
    flags = list(dict.fromkeys(flag for grade in grades for flag in grade.flags))
    answer = possible[0] if len(possible) == 1 else UNDETERMINED
    return Grade(system.name, system.version, answer, possible, [*sentences, *once], flags)


def withhold_absence(
    grades: Mapping[str, Grade], criteria: MviCriteria, burden: TumourBurden
) -> dict[str, Grade]:
    """Keep every grade open that a missed vessel could still lead to.

    Absence is a finding of its own: it holds only after a reader has seen all candidates and looked without aid.
    """
    unread = [InvadedVessel(f"unread {i}", status=Status.UNCERTAIN) for i in range(MANY_VESSELS)]
    cases = CaseEvidence.of(unread, criteria, burden).possible_cases()
    held = {}
    for name, grade in grades.items():
        # The headline names a grade, which is just what must not be said yet.
        said = [s for s in grade.sentences if not (isinstance(s, Phrase) and s.key == "headline")]
        system = SYSTEMS[name]
        possible = system.in_order(frozenset({*remaining(system, cases), *grade.possible}))
        is_open = len(possible) > 1
        held[name] = replace(
            grade,
            grade=UNDETERMINED if is_open else possible[0],
            possible=possible,
            sentences=said,
            flags=[*grade.flags, NOT_CONFIRMED],
        )
    return held
