"""Microvascular invasion: criteria, findings, grade.

    VesselEvidence -> judge_vessel -> MachineFinding -> propose          what the machine suggests
    InvadedVessel (a reader's verdict)               -> grade_case       what the case is graded

Everything here is pure: the same evidence gives the same grade, with reasons in words. Nothing is read
but a table of vessels, nothing is written.
"""

from pathoflow.mvi.criteria import MviCriteria
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
from pathoflow.mvi.location import EdgeDistance, TumourSurroundings, measure_distance
from pathoflow.mvi.systems import SYSTEMS, GradingSystem
from pathoflow.mvi.table import read_grade_table

__all__ = [
    "SYSTEMS",
    "UNDETERMINED",
    "EdgeDistance",
    "Grade",
    "GradingSystem",
    "InvadedVessel",
    "Kind",
    "Location",
    "MachineFinding",
    "MuscularWall",
    "MviCriteria",
    "ScoreSettings",
    "Standing",
    "Status",
    "TumourBurden",
    "TumourSurroundings",
    "VesselEvidence",
    "grade_case",
    "judge_vessel",
    "measure_distance",
    "propose",
    "propose_grades",
    "read_grade_table",
    "refuse_grades",
]
