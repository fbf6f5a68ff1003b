from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from pathoflow.mvi.completions import CaseCounts, CaseEvidence, TumourClass, possible_tumours
from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.evidence import (
    InvadedVessel,
    Kind,
    Location,
    MuscularWall,
    Status,
    TumourBurden,
)

SMALL = TumourClass.SOLITARY_TO_20_MM
SOLID = {"muscular_wall": MuscularWall.NO, "kind": Kind.PORTAL}


def cases(*vessels: InvadedVessel, include_intratumoral: bool = False) -> frozenset[CaseCounts]:
    criteria = MviCriteria(include_intratumoral=include_intratumoral)
    return CaseEvidence.of(vessels, criteria, TumourBurden(10_000)).possible_cases()


def test_a_vessel_without_blanks_leaves_one_case() -> None:
    vessel = InvadedVessel("v", 300.0, 12, muscular_wall=MuscularWall.YES, kind=Kind.HEPATIC)
    assert cases(vessel) == {CaseCounts(SMALL, 1, False, 1, True, True)}


def test_an_unknown_distance_leaves_near_and_far() -> None:
    vessel = InvadedVessel("v", None, 12, muscular_wall=MuscularWall.NO, kind=Kind.PORTAL)
    assert {case.any_far for case in cases(vessel)} == {False, True}


def test_the_block_says_near_or_far_where_no_distance_was_measured() -> None:
    def far(location: Location, dist_edge_um: float | None = None) -> set[bool]:
        vessel = InvadedVessel("v", dist_edge_um, location=location)
        return {case.any_far for case in cases(vessel)}

    assert far(Location.PERITUMORAL_FAR) == {True}
    assert far(Location.PERITUMORAL_NEAR) == {False}
    assert far(Location.CAPSULAR) == {False}
    assert far(Location.UNKNOWN) == {False, True}
    # A number wins over the word.
    assert far(Location.PERITUMORAL_NEAR, 10_000.1) == {True}


def test_an_interval_of_cells_leaves_every_class_that_it_touches() -> None:
    def classes(low: int, high: int) -> set[int]:
        vessel = InvadedVessel("v", 1.0, low, n_cells_interval=(low, high))
        return {case.most_cells for case in cases(vessel)}

    assert classes(10, 49) == {1}
    assert classes(49, 50) == {1, 50}
    assert classes(40, 60) == {1, 50, 51}
    assert classes(50, 50) == {50}
    assert classes(51, 900) == {51}


def test_rejected_vessels_vanish_and_intratumoral_ones_only_if_left_out() -> None:
    inside = InvadedVessel("a", 0.0, 9, Location.INTRATUMORAL)
    rejected = InvadedVessel("b", 0.0, 9, status=Status.REJECTED)
    assert {case.n_vessels for case in cases(inside, rejected)} == {0}
    assert {case.n_vessels for case in cases(inside, include_intratumoral=True)} == {1}
    evidence = CaseEvidence.of([inside, rejected], MviCriteria())
    assert evidence.n_left_out == 1


def test_a_vessel_inside_the_tumour_is_never_far() -> None:
    inside = InvadedVessel("a", None, 9, Location.INTRATUMORAL)
    assert {case.any_far for case in cases(inside, include_intratumoral=True)} == {False}


def test_the_number_of_cases_stays_small_for_very_many_blanks() -> None:
    unsure = [InvadedVessel(str(i), status=Status.UNCERTAIN) for i in range(100_000)]
    found = cases(*unsure)
    assert len(found) < 400
    assert {case.n_vessels for case in found} == {0, 1, 2, 3, 4, 5, 6}


def test_size_and_number_of_tumours_decide_their_class() -> None:
    def classes(um: float | None, n: int | None) -> set[TumourClass]:
        return set(possible_tumours(TumourBurden(um, n)))

    assert classes(20_000.0, None) == {TumourClass.SOLITARY_TO_20_MM}
    assert classes(20_000.1, 1) == {TumourClass.SOLITARY_OVER_20_MM}
    assert classes(50_000.0, 2) == {TumourClass.MULTIPLE_TO_50_MM}
    assert classes(50_000.1, 2) == {TumourClass.MULTIPLE_OVER_50_MM}
    assert len(classes(None, None)) == len(classes(None, 3)) == 2


VESSELS = st.lists(
    st.builds(
        InvadedVessel,
        id=st.just("v"),
        dist_edge_um=st.sampled_from([None, 10_000.0, 10_001.0]),
        n_cells=st.sampled_from([None, 3, 50, 51]),
        status=st.sampled_from(list(Status)),
        muscular_wall=st.sampled_from(list(MuscularWall)),
        kind=st.sampled_from([Kind.UNKNOWN, Kind.HEPATIC]),
    ),
    max_size=3,
)


@settings(max_examples=80, deadline=None)
@given(VESSELS)
def test_the_cases_are_those_of_filling_in_every_blank_by_hand(
    vessels: list[InvadedVessel],
) -> None:
    expected = set()
    ways = []
    for v in vessels:
        filled = list(
            product(
                [v.dist_edge_um > 10_000] if v.dist_edge_um is not None else [False, True],
                [v.n_cells] if v.n_cells is not None else [1, 50, 51],
                [False, True]
                if v.muscular_wall is MuscularWall.UNKNOWN
                else [v.muscular_wall is MuscularWall.YES],
                [True] if v.kind is Kind.HEPATIC else [False, True],
            )
        )
        absent = {Status.ACCEPTED: [], Status.UNCERTAIN: [None], Status.REJECTED: [None]}
        present = [] if v.status is Status.REJECTED else filled
        ways.append([*present, *absent[v.status]])
    for choice in product(*ways):
        chosen = [facts for facts in choice if facts is not None]
        cells = max((facts[1] for facts in chosen), default=0)
        expected.add(
            CaseCounts(
                SMALL,
                len(chosen),
                any(facts[0] for facts in chosen),
                1 if 0 < cells < 50 else cells,
                any(facts[2] for facts in chosen),
                any(facts[3] for facts in chosen),
            )
        )
    assert cases(*vessels) == expected
