"""What holds for any case: filling in every blank by brute force, and order, and growth."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from pathoflow.mvi.evidence import (
    InvadedVessel,
    Kind,
    Location,
    MuscularWall,
    Status,
    TumourBurden,
)
from pathoflow.mvi.grade import UNDETERMINED, grade_case
from pathoflow.mvi.systems import SYSTEMS

ANY_VESSEL = st.builds(
    InvadedVessel,
    id=st.just("v"),
    dist_edge_um=st.sampled_from([None, 0.0, 9_999.9, 10_000.0, 10_000.1]),
    n_cells=st.sampled_from([None, 0, 49, 50, 51, 400]),
    location=st.sampled_from(list(Location)),
    status=st.sampled_from(list(Status)),
    muscular_wall=st.sampled_from(list(MuscularWall)),
    kind=st.sampled_from(list(Kind)),
)
FEW_VESSELS = st.lists(ANY_VESSEL, max_size=3)
MANY_VESSELS = st.lists(ANY_VESSEL, max_size=12)
SIZES = st.sampled_from([TumourBurden(15_000), TumourBurden(30_000), TumourBurden(60_000, 2)])


def reference_grades(n: int, dmax_um: float, cmax: int, muscular: bool) -> dict[str, str]:
    """The rules once more, straight from their wording, for a complete case."""
    if n == 0:
        return {
            "NHC": "M0",
            "TCGP": "M0",
            "Sumie": "none",
            "Iguchi": "none",
            "SNUH": "none",
            "Roayaie": "none",
        }
    is_far = dmax_um > 10_000.0
    return {
        "NHC": "M2b" if is_far else "M2a" if n > 5 else "M1",
        "TCGP": "M2" if is_far or n > 5 else "M1",
        "Sumie": "severe" if n > 5 else "mild",
        "Iguchi": "high" if cmax > 50 and n >= 2 else "low",
        "SNUH": "severe" if n >= 5 or cmax >= 50 else "mild",
        "Roayaie": str([muscular, is_far].count(True)),
    }


def completions(vessel: InvadedVessel) -> list[tuple[float, int, bool] | None]:
    """Every way to fill in one vessel's blanks as (distance, cells, muscular); None is not counted."""
    if vessel.status is Status.REJECTED or vessel.location is Location.INTRATUMORAL:
        return [None]
    by_site = {
        Location.PERITUMORAL_FAR: [20_000.0],
        Location.PERITUMORAL_NEAR: [500.0],
        Location.CAPSULAR: [0.0],
    }
    distances = (
        [vessel.dist_edge_um]
        if vessel.dist_edge_um is not None
        else by_site.get(vessel.location, [500.0, 20_000.0])
    )
    cells = [vessel.n_cells] if vessel.n_cells is not None else [5, 50, 51]
    walls = {
        MuscularWall.YES: [True],
        MuscularWall.NO: [False],
        MuscularWall.UNKNOWN: [False, True],
    }
    filled: list[tuple[float, int, bool] | None] = list(
        product(distances, cells, walls[vessel.muscular_wall])
    )
    return [*filled, None] if vessel.status is Status.UNCERTAIN else filled


@settings(max_examples=120, deadline=None)
@given(FEW_VESSELS, st.integers(0, 6))
def test_possible_grades_are_those_of_all_completions(
    some: list[InvadedVessel], n_plain: int
) -> None:
    case = [
        *some,
        *(InvadedVessel(f"p{i}", 1.0, 1, muscular_wall=MuscularWall.NO) for i in range(n_plain)),
    ]
    expected: dict[str, set[str]] = {}
    for choice in product(*(completions(vessel) for vessel in case)):
        kept = [facts for facts in choice if facts is not None]
        complete = reference_grades(
            len(kept),
            max((facts[0] for facts in kept), default=0.0),
            max((facts[1] for facts in kept), default=0),
            any(facts[2] for facts in kept),
        )
        for system, grade in complete.items():
            expected.setdefault(system, set()).add(grade)
    grades = grade_case(case)
    for system, possible in expected.items():
        assert set(grades[system].possible) == possible
        assert len(grades[system].possible) == len(possible)


@settings(max_examples=100, deadline=None)
@given(MANY_VESSELS, ANY_VESSEL, SIZES)
def test_one_more_accepted_vessel_never_lowers_a_grade(
    some: list[InvadedVessel], one: InvadedVessel, tumour: TumourBurden
) -> None:
    more = InvadedVessel("new", one.dist_edge_um, one.n_cells, one.location, kind=one.kind)
    before, after = grade_case(some, tumour=tumour), grade_case([*some, more], tumour=tumour)
    for name, system in SYSTEMS.items():
        ranks = [[system.grades.index(g) for g in step[name].possible] for step in (before, after)]
        assert min(ranks[0]) <= min(ranks[1])
        assert max(ranks[0]) <= max(ranks[1])


@settings(max_examples=60, deadline=None)
@given(MANY_VESSELS, st.randoms(use_true_random=False))
def test_the_order_of_vessels_does_not_matter(some: list[InvadedVessel], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(some)
    random.shuffle(shuffled)
    one, other = grade_case(some), grade_case(shuffled)
    assert {n: g.possible for n, g in one.items()} == {n: g.possible for n, g in other.items()}


@settings(max_examples=60, deadline=None)
@given(MANY_VESSELS)
def test_a_grade_is_determined_exactly_when_one_is_possible(some: list[InvadedVessel]) -> None:
    for name, grade in grade_case(some).items():
        assert grade.possible == [g for g in SYSTEMS[name].grades if g in grade.possible]
        assert grade.grade == (grade.possible[0] if len(grade.possible) == 1 else UNDETERMINED)
        assert all(reason.endswith(".") for reason in grade.reasons)
