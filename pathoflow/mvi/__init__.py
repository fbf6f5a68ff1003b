"""Microvascular invasion: criteria, findings, grade.

    VesselEvidence -> judge_vessel -> MachineFinding -> propose          what the machine suggests
    InvadedVessel (a reader's verdict)               -> grade_case       what the case is graded
    Case (slides and sites, Decisions of a reader)   -> grades, completeness, blockers

Everything here is pure: the same evidence gives the same grade, with reasons in words. Nothing is read
but tables of vessels and of cases, nothing is written.
"""

from pathoflow.mvi.case import LEADING_SYSTEM, Case, Stage
from pathoflow.mvi.case_slide import UNGRADED_CODES, CaseSlide, CaseVessel
from pathoflow.mvi.case_table import CaseRow, group_slides, read_cases
from pathoflow.mvi.completeness import Completeness
from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.decisions import AddedVessel, Decisions, VesselDecision
from pathoflow.mvi.evidence import (
    InvadedVessel,
    Kind,
    Location,
    MuscularWall,
    Status,
    TumourBurden,
)
from pathoflow.mvi.findings import (
    MachineFinding,
    ScoreSettings,
    Standing,
    VesselEvidence,
    judge_vessel,
    propose,
    propose_grades,
)
from pathoflow.mvi.grade import UNDETERMINED, Grade, grade_case, refuse_grades
from pathoflow.mvi.kind_counts import CellBox, KindCounts
from pathoflow.mvi.language import LANGUAGES, Language
from pathoflow.mvi.location import EdgeDistance, TumourSurroundings, measure_distance
from pathoflow.mvi.note import Note
from pathoflow.mvi.settle import Role, SettledVessel
from pathoflow.mvi.site import Site
from pathoflow.mvi.systems import SYSTEMS, GradingSystem
from pathoflow.mvi.table import read_grade_table

__all__ = [
    "LANGUAGES",
    "LEADING_SYSTEM",
    "SYSTEMS",
    "UNDETERMINED",
    "UNGRADED_CODES",
    "AddedVessel",
    "Case",
    "CaseRow",
    "CaseSlide",
    "CaseVessel",
    "CellBox",
    "Completeness",
    "Decisions",
    "EdgeDistance",
    "Grade",
    "GradingSystem",
    "InvadedVessel",
    "Kind",
    "KindCounts",
    "Language",
    "Location",
    "MachineFinding",
    "MuscularWall",
    "MviCriteria",
    "Note",
    "Role",
    "ScoreSettings",
    "SettledVessel",
    "Site",
    "Stage",
    "Standing",
    "Status",
    "TumourBurden",
    "TumourSurroundings",
    "VesselDecision",
    "VesselEvidence",
    "grade_case",
    "group_slides",
    "judge_vessel",
    "measure_distance",
    "propose",
    "propose_grades",
    "read_cases",
    "read_grade_table",
    "refuse_grades",
]
