"""Whole cases: the oracle table row by row, every border, and the acceptance scenarios."""

import pytest

from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.evidence import (
    InvadedVessel,
    Kind,
    Location,
    MuscularWall,
    Status,
    TumourBurden,
)
from pathoflow.mvi.grade import UNDETERMINED, Grade, grade_case, refuse_grades
from pathoflow.mvi.systems import SYSTEMS

UNKNOWN = None


def vessels(n: int, dmax_cm: float | None, cmax: int) -> list[InvadedVessel]:
    """``n`` vessels; the first is the farthest and holds the most cells."""
    dist_um = None if dmax_cm is None else dmax_cm * 10_000
    first = [InvadedVessel("v0", dist_um, cmax)] if n else []
    others = [
        InvadedVessel(f"v{i}", None if dist_um is None else min(dist_um, 100.0), 1)
        for i in range(1, n)
    ]
    return first + others


# n, dmax in cm, cmax, then NHC, TCGP, Sumie, Iguchi, SNUH; "a|b" is undetermined between a and b.
ORACLE = [
    (0, UNKNOWN, 0, "M0", "M0", "none", "none", "none"),
    (1, 0.3, 12, "M1", "M1", "mild", "low", "mild"),
    (1, 0.3, 50, "M1", "M1", "mild", "low", "severe"),
    (1, 0.3, 400, "M1", "M1", "mild", "low", "severe"),
    (2, 0.3, 50, "M1", "M1", "mild", "low", "severe"),
    (2, 0.3, 51, "M1", "M1", "mild", "high", "severe"),
    (4, 0.9, 20, "M1", "M1", "mild", "low", "mild"),
    (5, 0.9, 20, "M1", "M1", "mild", "low", "severe"),
    (6, 0.9, 20, "M2a", "M2", "severe", "low", "severe"),
    (1, 1.0, 20, "M1", "M1", "mild", "low", "mild"),
    (1, 1.0001, 20, "M2b", "M2", "mild", "low", "mild"),
    (6, 1.3, 20, "M2b", "M2", "severe", "low", "severe"),
    (3, UNKNOWN, 20, "M1|M2b", "M1|M2", "mild", "low", "mild"),
    (6, UNKNOWN, 20, "M2a|M2b", "M2", "severe", "low", "severe"),
    # Our own rows at the borders.
    (2, 0.3, 49, "M1", "M1", "mild", "low", "mild"),
    (1, 0.3, 49, "M1", "M1", "mild", "low", "mild"),
    (1, 0.3, 51, "M1", "M1", "mild", "low", "severe"),
    (5, 0.9, 51, "M1", "M1", "mild", "high", "severe"),
    (1, 0.99999, 20, "M1", "M1", "mild", "low", "mild"),
    (1, 1.00001, 20, "M2b", "M2", "mild", "low", "mild"),
    (5, 1.00001, 20, "M2b", "M2", "mild", "low", "severe"),
    (5, UNKNOWN, 20, "M1|M2b", "M1|M2", "mild", "low", "severe"),
]


@pytest.mark.parametrize(("n", "dmax_cm", "cmax", "nhc", "tcgp", "sumie", "iguchi", "snuh"), ORACLE)
def test_the_oracle_table(
    n: int,
    dmax_cm: float | None,
    cmax: int,
    nhc: str,
    tcgp: str,
    sumie: str,
    iguchi: str,
    snuh: str,
) -> None:
    grades = grade_case(vessels(n, dmax_cm, cmax))
    expected = {"NHC": nhc, "TCGP": tcgp, "Sumie": sumie, "Iguchi": iguchi, "SNUH": snuh}
    for name, answer in expected.items():
        possible = answer.split("|")
        assert grades[name].possible == possible
        assert grades[name].grade == (possible[0] if len(possible) == 1 else UNDETERMINED)


def near(n: int, n_cells: int | None = 20, status: Status = Status.ACCEPTED) -> list[InvadedVessel]:
    return [InvadedVessel(f"{status}{i}", 900.0, n_cells, status=status) for i in range(n)]


def test_one_far_vessel_among_unknown_ones_settles_the_guideline() -> None:
    grades = grade_case([InvadedVessel("a"), InvadedVessel("b", 10_001.0)])
    assert grades["NHC"].possible == ["M2b"]


def test_uncounted_cells_leave_what_they_could_change() -> None:
    one, two = grade_case(near(1, None)), grade_case(near(2, None))
    assert one["Iguchi"].possible == ["low"]
    assert two["Iguchi"].possible == ["low", "high"]
    assert one["SNUH"].possible == ["mild", "severe"]
    assert grade_case(near(5, None))["SNUH"].possible == ["severe"]


def test_an_interval_across_fifty_cells_leaves_seoul_open() -> None:
    vessel = InvadedVessel("v", 1.0, 48, n_cells_interval=(35, 60))
    assert grade_case([vessel])["SNUH"].possible == ["mild", "severe"]
    sure = InvadedVessel("v", 1.0, 48, n_cells_interval=(40, 49))
    assert grade_case([sure])["SNUH"].possible == ["mild"]


def test_an_uncertain_vessel_gives_the_grade_without_and_with_it() -> None:
    grade = grade_case([*near(5), *near(1, status=Status.UNCERTAIN)])["NHC"]
    assert grade.grade == UNDETERMINED
    assert grade.possible == ["M1", "M2a"]
    assert "uncertain_vessels" in grade.flags
    assert "1 further vessel is uncertain: without it M1, with it M2a." in grade.reasons


def test_an_uncertain_vessel_that_changes_nothing_leaves_the_grade_determined() -> None:
    grade = grade_case([*near(1), *near(1, status=Status.UNCERTAIN)])["NHC"]
    assert grade.grade == "M1"
    assert "1 further vessel is uncertain; the grade is M1 with or without it." in grade.reasons


def test_grades_between_without_and_with_all_are_possible_too() -> None:
    # Five near accepted; one near and one far are unsure: none M1, the near one M2a, the far one M2b.
    far = InvadedVessel("far", 20_000.0, 5, status=Status.UNCERTAIN)
    grade = grade_case([*near(5), *near(1, status=Status.UNCERTAIN), far])["NHC"]
    assert grade.possible == ["M1", "M2a", "M2b"]


def test_only_uncertain_vessels_leave_cap_to_be_determined() -> None:
    grade = grade_case(near(1, status=Status.UNCERTAIN))["CAP"]
    assert grade.possible == ["not identified", "present, small vessel"]
    assert any("cannot be determined" in reason for reason in grade.reasons)


def test_rejected_vessels_count_nothing() -> None:
    grades = grade_case(near(9, status=Status.REJECTED))
    assert grades["NHC"].grade == "M0"
    assert grades["SNUH"].grade == "none"


def test_intratumoral_vessels_are_left_out_and_said_so() -> None:
    inside = [InvadedVessel(f"in{i}", 0.0, 80, Location.INTRATUMORAL) for i in range(2)]
    grade = grade_case([*near(1), *inside])["NHC"]
    assert grade.grade == "M1"
    assert "intratumoral_left_out" in grade.flags
    assert "2 vessels inside the tumour were left out of the count." in grade.reasons

    counted = grade_case([*near(4), *inside], MviCriteria(include_intratumoral=True))
    assert counted["NHC"].grade == "M2a"
    assert "intratumoral_left_out" not in counted["NHC"].flags


def test_scenario_20_far_by_its_block() -> None:
    vessel = InvadedVessel("v", None, 8, Location.PERITUMORAL_FAR)
    grade = grade_case([vessel])["NHC"]
    assert grade.grade == "M2b"
    assert "block_site" in grade.flags
    assert any("without a measured distance" in reason for reason in grade.reasons)


def test_scenario_21_neither_distance_nor_block() -> None:
    grade = grade_case([InvadedVessel("v", None, 8)])["NHC"]
    assert grade.grade == UNDETERMINED
    assert not grade.is_determined
    assert grade.possible == ["M1", "M2b"]
    assert any("The distance of 1 vessel is unknown" in reason for reason in grade.reasons)


def test_scenario_22_the_sixth_vessel_and_back() -> None:
    five = grade_case(near(5))
    assert (five["NHC"].grade, five["SNUH"].grade) == ("M1", "severe")
    assert grade_case(near(6))["NHC"].grade == "M2a"
    assert grade_case([*near(5), *near(1, status=Status.REJECTED)])["NHC"].grade == "M1"


@pytest.mark.parametrize(
    ("dist_um", "grade", "flagged"),
    [
        (9_499.9, "M1", False),
        (9_500.0, "M1", True),
        (9_999.9, "M1", True),
        (10_000.0, "M1", True),
        (10_000.1, "M2b", True),
        (10_500.0, "M2b", True),
        (10_500.1, "M2b", False),
    ],
)
def test_scenario_23_around_one_centimetre(dist_um: float, grade: str, flagged: bool) -> None:
    answer = grade_case([InvadedVessel("v", dist_um, 5)])["NHC"]
    assert answer.grade == grade
    assert ("at_threshold" in answer.flags) is flagged


def test_scenario_24_fifty_or_fifty_one_cells() -> None:
    def iguchi(n_cells: int, n: int) -> Grade:
        return grade_case(near(n, n_cells))["Iguchi"]

    assert (iguchi(50, 1).grade, iguchi(51, 1).grade) == ("low", "low")
    assert (iguchi(50, 2).grade, iguchi(51, 2).grade) == ("low", "high")
    flags = ["at_threshold" in iguchi(n_cells, 2).flags for n_cells in (49, 50, 51, 52)]
    assert flags == [False, True, True, False]


def test_five_and_six_vessels_are_flagged_and_in_seoul_four_and_five() -> None:
    def flagged(system: str) -> list[int]:
        return [n for n in range(9) if "at_threshold" in grade_case(near(n))[system].flags]

    assert flagged("NHC") == flagged("TCGP") == flagged("Sumie") == [5, 6]
    assert flagged("SNUH") == [4, 5]


def test_roayaie_waits_for_the_wall() -> None:
    def roayaie(wall: MuscularWall, dist_um: float | None = 500.0) -> list[str]:
        return grade_case([InvadedVessel("v", dist_um, 5, muscular_wall=wall)])["Roayaie"].possible

    assert roayaie(MuscularWall.NO) == ["0"]
    assert roayaie(MuscularWall.YES) == ["1"]
    assert roayaie(MuscularWall.YES, 20_000.0) == ["2"]
    assert roayaie(MuscularWall.UNKNOWN) == ["0", "1"]
    assert roayaie(MuscularWall.UNKNOWN, None) == ["0", "1", "2"]


def test_eguchi_waits_for_the_kind() -> None:
    def eguchi(*kinds: Kind) -> list[str]:
        return grade_case([InvadedVessel(str(i), 1.0, 5, kind=k) for i, k in enumerate(kinds)])[
            "Eguchi"
        ].possible

    assert eguchi(Kind.PORTAL, Kind.CAPSULAR) == ["portal"]
    assert eguchi(Kind.PORTAL, Kind.HEPATIC) == ["hepatic"]
    assert eguchi(Kind.UNKNOWN) == ["portal", "hepatic"]
    assert eguchi(Kind.UNKNOWN, Kind.HEPATIC) == ["hepatic"]


def test_the_stage_needs_the_size() -> None:
    def ajcc(n: int, tumour: TumourBurden | None) -> list[str]:
        return grade_case(near(n), tumour=tumour)["AJCC8"].possible

    assert ajcc(0, TumourBurden(20_001)) == ["T1b"]
    assert ajcc(1, TumourBurden(20_001)) == ["T2"]
    assert ajcc(1, TumourBurden(20_000)) == ["T1a"]
    assert ajcc(0, None) == ["T1a", "T1b"]
    assert ajcc(1, None) == ["T1a", "T2"]
    assert ajcc(1, TumourBurden(60_000, 2)) == ["T3"]


def test_reasons_are_sentences_with_numbers() -> None:
    three = [InvadedVessel(str(i), um, 12) for i, um in enumerate((0.0, 1_400.0, 3_240.0))]
    grades = grade_case(three)
    assert grades["NHC"].reasons == [
        "3 invaded vessels, all within 10 mm of the tumour (farthest 3.2 mm): M1."
    ]
    assert grades["Iguchi"].reasons == [
        "3 invaded vessels, up to 12 tumour cells in one vessel: low."
    ]
    assert grade_case([])["NHC"].reasons == ["No invaded vessel is counted: M0."]


def test_a_distance_just_beyond_the_limit_is_not_rounded_onto_it() -> None:
    reasons = grade_case([InvadedVessel("v", 10_000.1, 5)])["NHC"].reasons
    assert reasons[0] == (
        "1 invaded vessel, farther than 10 mm from the tumour (10,000.1 µm): M2b."
    )


def test_a_location_that_disagrees_with_the_distance_is_named() -> None:
    vessel = InvadedVessel("v7", 12_000.0, 5, Location.PERITUMORAL_NEAR)
    grade = grade_case([vessel])["NHC"]
    assert grade.grade == "M2b"
    assert "location_contradicts_distance" in grade.flags
    assert any("v7" in reason for reason in grade.reasons)


def test_another_limit_than_the_published_one_is_said() -> None:
    grade = grade_case([InvadedVessel("v", 7_000.0, 5)], MviCriteria(near_um=5_000.0))["NHC"]
    assert grade.grade == "M2b"
    assert "criteria_not_published" in grade.flags
    assert any("5 mm" in reason for reason in grade.reasons)


def test_refused_grades_leave_every_grade_open_and_say_why() -> None:
    grades = refuse_grades(["MVI is not gradable on a biopsy."])
    assert set(grades) == set(SYSTEMS)
    assert grades["NHC"].grade == UNDETERMINED
    assert grades["NHC"].possible == ["M0", "M1", "M2a", "M2b"]
    assert grades["SNUH"].reasons == ["MVI is not gradable on a biopsy."]
    with pytest.raises(ValueError, match="reason"):
        refuse_grades([])


def test_the_json_holds_what_the_result_file_names() -> None:
    grade = grade_case(near(1))["NHC"]
    assert grade.as_json() == {"grade": "M1", "possible": ["M1"], "reasons": grade.reasons}
