"""From the vessels of a case to its grade in every system, with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pathoflow.mvi import wording
from pathoflow.mvi.completions import CaseCounts, CaseEvidence
from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.evidence import InvadedVessel, Location, TumourBurden
from pathoflow.mvi.language import Phrase, Sentence, phrase
from pathoflow.mvi.sentences import say
from pathoflow.mvi.systems import CAP, SYSTEMS, Aspect, GradingSystem

#: The grade while several grades remain possible.
UNDETERMINED = "undetermined"

#: A distance or a count lies so close to a step of the rule that the grade should not be leaned on.
AT_THRESHOLD = "at_threshold"
#: Vessels of unsure nature take part.
UNCERTAIN_VESSELS = "uncertain_vessels"
#: Vessels inside the tumour exist and are not counted.
INTRATUMORAL_LEFT_OUT = "intratumoral_left_out"
#: Near or far comes from the block a vessel was cut from, not from a measurement.
BLOCK_SITE = "block_site"
#: A stated near or far disagrees with the stated distance; the distance was used.
LOCATION_CONTRADICTS = "location_contradicts_distance"
#: "Near" was set to another distance than the publications use.
NOT_PUBLISHED = "criteria_not_published"
#: The wording of the rule was not checked against its publication.
RULE_RECALLED = "rule_recalled"


@dataclass(frozen=True)
class Grade:
    """One system's answer for one case.

    ``grade`` is one of the system's grades, or `UNDETERMINED`; ``possible`` holds what remains, from
    best to worst, and is ``[grade]`` when the grade is determined.
    """

    system: str
    version: str
    grade: str
    possible: list[str]
    sentences: list[Sentence]
    """The reasons, still without a language."""
    flags: list[str] = field(default_factory=list)

    @property
    def reasons(self) -> list[str]:
        """The reasons in English, as `result.json` keeps them."""
        return [say(sentence) for sentence in self.sentences]

    @property
    def is_determined(self) -> bool:
        """Whether the evidence leaves exactly one grade."""
        return self.grade != UNDETERMINED

    def as_json(self) -> dict[str, str | list[str]]:
        """The three fields that `result.json` keeps per system."""
        return {"grade": self.grade, "possible": self.possible, "reasons": self.reasons}


def grade_case(
    vessels: Sequence[InvadedVessel],
    criteria: MviCriteria | None = None,
    tumour: TumourBurden | None = None,
) -> dict[str, Grade]:
    """Grade one case in every system.

    Parameters
    ----------
    vessels
        Vessels with a reader's verdict. Candidates that nobody has looked at do not belong here.
    criteria
        What is near and what is counted; the published values by default.
    tumour
        Size and number of tumours, which only the AJCC stage needs.

    Returns
    -------
    dict
        Grades by the names of `pathoflow.mvi.systems.SYSTEMS`.
    """
    case = CaseEvidence.of(vessels, criteria or MviCriteria(), tumour)
    all_cases = case.possible_cases()
    if not case.uncertain:
        return {s.name: _grade(s, case, all_cases, []) for s in SYSTEMS.values()}
    without, with_all = case.cases_without_uncertain(), case.cases_with_uncertain()
    return {
        s.name: _grade(
            s,
            case,
            all_cases,
            [wording.uncertain_sentence(case, remaining(s, without), remaining(s, with_all))],
        )
        for s in SYSTEMS.values()
    }


def refuse_grades(reasons: Sequence[Sentence]) -> dict[str, Grade]:
    """No grade in any system, for material that cannot be graded or trusted.

    Raises
    ------
    ValueError
        If no reason is given: a grade is never withheld silently.
    """
    if not reasons:
        raise ValueError("grades can only be refused with a reason")
    return {
        s.name: Grade(s.name, s.version, UNDETERMINED, list(s.grades), list(reasons))
        for s in SYSTEMS.values()
    }


def remaining(system: GradingSystem, cases: frozenset[CaseCounts]) -> list[str]:
    """The grades of a system over all cases that remain, from best to worst."""
    return system.in_order(frozenset(system.classify(case) for case in cases))


def _grade(
    system: GradingSystem,
    case: CaseEvidence,
    cases: frozenset[CaseCounts],
    uncertain_reasons: list[Phrase],
) -> Grade:
    possible = remaining(system, cases)
    reasons: list[Sentence] = [wording.headline(system, case, possible), *uncertain_reasons]
    flags = [UNCERTAIN_VESSELS] if uncertain_reasons else []
    if len(possible) > 1:
        reasons.extend(wording.blank_sentences(system, case))
        if system is CAP:
            reasons.append(phrase("cap.entry"))
    for flag, reason in [*_borders(system, case), *_remarks(system, case)]:
        reasons.append(reason)
        if flag not in flags:
            flags.append(flag)
    grade = possible[0] if len(possible) == 1 else UNDETERMINED
    return Grade(system.name, system.version, grade, possible, reasons, flags)


def _borders(system: GradingSystem, case: CaseEvidence) -> list[tuple[str, Phrase]]:
    """Flag and reason for each number that lies at a step of the rule."""
    found = []
    near_um, share = case.criteria.near_um, case.criteria.at_threshold
    farthest_um = wording.farthest_known_um(case.accepted)
    if (
        Aspect.DISTANCE in system.aspects
        and farthest_um is not None
        and abs(farthest_um - near_um) <= share * near_um
    ):
        found.append(wording.distance_border_sentence(farthest_um, near_um))
    n, last_few = len(case.accepted), system.last_few_vessels
    if last_few is not None and n in (last_few, last_few + 1):
        found.append(wording.count_border_sentence(n, last_few, "vessels"))
    cells, last_few = wording.most_known_cells(case.accepted), system.last_few_cells
    if cells is not None and last_few is not None and cells in (last_few, last_few + 1):
        found.append(wording.count_border_sentence(cells, last_few, "cells"))
    return [(AT_THRESHOLD, sentence) for sentence in found]


def _remarks(system: GradingSystem, case: CaseEvidence) -> list[tuple[str, Phrase]]:
    """Flag and reason for everything else that a reader of the grade must know."""
    remarks = []
    if case.n_left_out:
        remarks.append((INTRATUMORAL_LEFT_OUT, phrase("left_out", n=case.n_left_out)))
    if Aspect.DISTANCE in system.aspects:
        remarks.extend(_distance_remarks(case))
    if system.mark == "R":
        remarks.append((RULE_RECALLED, phrase("recalled")))
    return remarks


def _distance_remarks(case: CaseEvidence) -> list[tuple[str, Phrase]]:
    remarks = []
    near_um = case.criteria.near_um
    sides = {Location.PERITUMORAL_NEAR: False, Location.PERITUMORAL_FAR: True}
    sided = [v for v in (*case.accepted, *case.uncertain) if v.location in sides]
    n_by_site = sum(v.dist_edge_um is None for v in sided)
    if n_by_site:
        remarks.append((BLOCK_SITE, phrase("block_site", n=n_by_site)))
    wrong = [
        v.id
        for v in sided
        if v.dist_edge_um is not None and (v.dist_edge_um > near_um) is not sides[v.location]
    ]
    if wrong:
        remarks.append((LOCATION_CONTRADICTS, phrase("contradiction", vessels=", ".join(wrong))))
    if not case.criteria.is_published:
        near = f"{near_um / 1000:g} mm"
        remarks.append((NOT_PUBLISHED, phrase("not_published", near=near)))
    return remarks
