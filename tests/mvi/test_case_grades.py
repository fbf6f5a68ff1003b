from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathoflow.mvi.case_grades import grade_tumours, withhold_absence, worst_grades
from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.evidence import InvadedVessel, Status, TumourBurden
from pathoflow.mvi.grade import grade_case
from pathoflow.mvi.systems import SYSTEMS

CRITERIA = MviCriteria()


def near(n: int, um: float | None = 900.0, status: Status = Status.ACCEPTED) -> list[InvadedVessel]:
    return [InvadedVessel(f"{n}{um}{status}{i}", um, 20, status=status) for i in range(n)]


def worst(**groups: Sequence[InvadedVessel]) -> dict[str, list[str]]:
    named = {("" if k == "stray" else k): (1, v) for k, v in groups.items()}
    everything = [v for vessels in groups.values() for v in vessels]
    burden = TumourBurden(n_tumours=len(groups))
    tumours = grade_tumours(named, CRITERIA)
    grades = worst_grades(tumours, everything, CRITERIA, burden)
    return {name: grade.possible for name, grade in grades.items()}


def test_scenario_52_vessels_of_two_tumours_are_not_added_up() -> None:
    assert worst(T1=near(3), T2=near(3))["NHC"] == ["M1"]
    assert worst(T1=near(6), T2=near(1))["NHC"] == ["M2a"]
    assert worst(T1=near(6), T2=near(1, 10_001.0))["NHC"] == ["M2b"]
    assert worst(T1=[], T2=[])["NHC"] == ["M0"]


def test_what_is_open_in_one_tumour_is_open_only_as_far_as_another_is_not_worse() -> None:
    assert worst(T1=near(1, None), T2=[])["NHC"] == ["M1", "M2b"]
    assert worst(T1=near(1, None), T2=near(6))["NHC"] == ["M2a", "M2b"]
    assert worst(T1=near(1, None), T2=near(1, 20_000.0))["NHC"] == ["M2b"]


def test_vessels_of_no_named_tumour_may_belong_to_any() -> None:
    assert worst(T1=near(5), stray=near(1))["NHC"] == ["M1", "M2a"]
    assert worst(T1=near(2), stray=near(1))["NHC"] == ["M1"]


def test_what_is_true_of_a_rule_is_said_once_and_not_per_tumour() -> None:
    tumours = grade_tumours({"T1": (1, near(1)), "T2": (1, near(2))}, CRITERIA)
    grades = worst_grades(tumours, [*near(1), *near(2)], CRITERIA, TumourBurden(n_tumours=2))
    assert grades["Sumie"].reasons == [
        "Worst of 2 tumours (T1 mild, T2 mild): mild.",
        "T1: 1 invaded vessel: mild.",
        "T2: 2 invaded vessels: mild.",
        "The wording of this rule was not checked against its publication.",
    ]


def test_the_stage_takes_the_tumours_together() -> None:
    assert worst(T1=near(1), T2=[])["AJCC8"] == ["T2", "T3"]


def test_absence_leaves_open_what_a_missed_vessel_could_lead_to() -> None:
    held = withhold_absence(grade_case([]), CRITERIA, TumourBurden())
    assert held["NHC"].grade == "undetermined"
    assert held["NHC"].possible == ["M0", "M1", "M2a", "M2b"]
    assert held["CAP"].possible == ["not identified", "present, small vessel"]
    assert "absence_not_confirmed" in held["NHC"].flags
    assert not any("M0" in reason for reason in held["NHC"].reasons)
    # A small solitary tumour is T1a with and without invasion.
    small = TumourBurden(15_000.0, 1)
    assert withhold_absence(grade_case([], tumour=small), CRITERIA, small)["AJCC8"].grade == "T1a"


VESSELS = st.lists(st.sampled_from([900.0, 20_000.0, None]), max_size=7)


@settings(max_examples=30)
@given(first=VESSELS, second=VESSELS)
@pytest.mark.parametrize("system", ["NHC", "Sumie"])
def test_the_worst_is_the_worse_of_every_pair_of_what_each_tumour_allows(
    system: str, first: list[float | None], second: list[float | None]
) -> None:
    """Against the definition, written out over all pairs."""
    a = [InvadedVessel(f"a{i}", um, 5) for i, um in enumerate(first)]
    b = [InvadedVessel(f"b{i}", um, 5) for i, um in enumerate(second)]
    order = SYSTEMS[system].grades
    pairs = product(grade_case(a)[system].possible, grade_case(b)[system].possible)
    expected = {max(pair, key=order.index) for pair in pairs}
    assert worst(T1=a, T2=b)[system] == [grade for grade in order if grade in expected]
