"""The published grading systems, each as one rule from a complete case to a grade.

They contradict each other on purpose of their authors: five vessels are low risk in the Chinese
guideline and severe in Seoul. All are computed, none is averaged. ``mark`` says how sure we are of a
rule's wording: S, seen in a source; R, recalled and not checked against the publication.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pathoflow.mvi.completions import CaseCounts, TumourClass


class Aspect(StrEnum):
    """What a system looks at, beside whether there is an invaded vessel at all."""

    COUNT = "count"
    DISTANCE = "distance"
    CELLS = "cells"
    WALL = "wall"
    KIND = "kind"
    TUMOUR = "tumour"


@dataclass(frozen=True, slots=True)
class GradingSystem:
    """One rule with its name, its version and where it comes from."""

    name: str
    version: str
    source: str
    mark: Literal["S", "R"]
    grades: tuple[str, ...]
    """All grades, from best to worst."""
    classify: Callable[[CaseCounts], str]
    """The rule itself; pure."""
    aspects: frozenset[Aspect]
    last_few_vessels: int | None = None
    """The largest number of vessels below the step: the grade may change at the next one."""
    last_few_cells: int | None = None
    """The largest number of cells below the step."""

    def in_order(self, grades: frozenset[str]) -> list[str]:
        """Grades of this system from best to worst."""
        return [grade for grade in self.grades if grade in grades]


def _nhc(case: CaseCounts) -> str:
    if case.n_vessels == 0:
        return "M0"
    if case.any_far:
        return "M2b"
    return "M2a" if case.n_vessels > 5 else "M1"


def _tcgp(case: CaseCounts) -> str:
    if case.n_vessels == 0:
        return "M0"
    return "M2" if case.n_vessels > 5 or case.any_far else "M1"


def _sumie(case: CaseCounts) -> str:
    if case.n_vessels == 0:
        return "none"
    return "severe" if case.n_vessels > 5 else "mild"


def _iguchi(case: CaseCounts) -> str:
    if case.n_vessels == 0:
        return "none"
    return "high" if case.most_cells > 50 and case.n_vessels > 1 else "low"


def _snuh(case: CaseCounts) -> str:
    if case.n_vessels == 0:
        return "none"
    return "severe" if case.n_vessels >= 5 or case.most_cells >= 50 else "mild"


def _roayaie(case: CaseCounts) -> str:
    if case.n_vessels == 0:
        return "none"
    return str(int(case.any_muscular) + int(case.any_far))


def _eguchi(case: CaseCounts) -> str:
    if case.n_vessels == 0:
        return "none"
    return "hepatic" if case.any_hepatic else "portal"


def _cap(case: CaseCounts) -> str:
    return "present, small vessel" if case.n_vessels else "not identified"


def _ajcc8(case: CaseCounts) -> str:
    match case.tumour:
        case TumourClass.MULTIPLE_OVER_50_MM:
            return "T3"
        case TumourClass.MULTIPLE_TO_50_MM:
            return "T2"
        case TumourClass.SOLITARY_TO_20_MM:
            return "T1a"
    return "T2" if case.n_vessels else "T1b"


NHC = GradingSystem(
    "NHC",
    "four tiers",
    "Guideline of the National Health Commission of China, seen in two third-party encodings: M0 none; "
    "M1 at most 5 and all within 1 cm; M2a more than 5, all within 1 cm; M2b any beyond 1 cm.",
    "S",
    ("M0", "M1", "M2a", "M2b"),
    _nhc,
    frozenset({Aspect.COUNT, Aspect.DISTANCE}),
    last_few_vessels=5,
)
TCGP = GradingSystem(
    "TCGP",
    "2015, three tiers",
    "Chinese Anti-Cancer Association, 2015: M0 none; M1 at most 5 and all within 1 cm (seen in a report "
    "template); M2 more than 5 or any beyond 1 cm (recalled).",
    "R",
    ("M0", "M1", "M2"),
    _tcgp,
    frozenset({Aspect.COUNT, Aspect.DISTANCE}),
    last_few_vessels=5,
)
SUMIE = GradingSystem(
    "Sumie",
    "2013",
    "Sumie et al. 2013: mild, 1 to 5 invaded vessels; severe, more than 5.",
    "R",
    ("none", "mild", "severe"),
    _sumie,
    frozenset({Aspect.COUNT}),
    last_few_vessels=5,
)
IGUCHI = GradingSystem(
    "Iguchi",
    "2015",
    "Iguchi et al. 2015 (living donor transplants, n = 142): high, more than 50 cells in a vessel and "
    "more than one invaded vessel; low, any other invasion.",
    "S",
    ("none", "low", "high"),
    _iguchi,
    frozenset({Aspect.COUNT, Aspect.CELLS}),
    last_few_cells=50,
)
SNUH = GradingSystem(
    "SNUH",
    "2023",
    "Hwang et al. 2023 (Seoul, n = 506): severe, at least 5 invaded vessels or at least 50 invaded cells; "
    "mild, any other invasion.",
    "S",
    ("none", "mild", "severe"),
    _snuh,
    frozenset({Aspect.COUNT, Aspect.CELLS}),
    last_few_vessels=4,
    last_few_cells=49,
)
ROAYAIE = GradingSystem(
    "Roayaie",
    "2009",
    "Roayaie et al. 2009: number of adverse features among invasion of a vessel with a muscular wall and "
    "invasion beyond 1 cm from the tumour edge.",
    "R",
    ("none", "0", "1", "2"),
    _roayaie,
    frozenset({Aspect.DISTANCE, Aspect.WALL}),
)
EGUCHI = GradingSystem(
    "Eguchi",
    "2010, our reading",
    "Eguchi et al. 2010, details held with low confidence: invasion of portal branches only, or of "
    "hepatic veins too (worse). The split within and beyond the capsule is left out.",
    "R",
    ("none", "portal", "hepatic"),
    _eguchi,
    frozenset({Aspect.KIND}),
)
CAP = GradingSystem(
    "CAP",
    "4.x, small vessels",
    "College of American Pathologists, cancer protocol for hepatocellular carcinoma, item vascular "
    "invasion. Large vessels are another finding and not graded here.",
    "R",
    ("not identified", "present, small vessel"),
    _cap,
    frozenset(),
)
AJCC8 = GradingSystem(
    "AJCC8",
    "8th edition, T",
    "American Joint Committee on Cancer, 8th edition: T1a solitary up to 2 cm; T1b solitary over 2 cm "
    "without vascular invasion; T2 solitary over 2 cm with it, or several up to 5 cm; T3 several, one "
    "over 5 cm. Invasion of a major branch (T4) is another finding.",
    "R",
    ("T1a", "T1b", "T2", "T3"),
    _ajcc8,
    frozenset({Aspect.TUMOUR}),
)

#: All systems by name; the first is the one shown where only one can be.
SYSTEMS: dict[str, GradingSystem] = {
    system.name: system for system in (NHC, TCGP, SUMIE, IGUCHI, SNUH, ROAYAIE, EGUCHI, CAP, AJCC8)
}
