from itertools import product

import pytest

from pathoflow.mvi.completions import CaseCounts, TumourClass
from pathoflow.mvi.systems import SYSTEMS

SMALL, LARGE = TumourClass.SOLITARY_TO_20_MM, TumourClass.SOLITARY_OVER_20_MM


def grade(system: str, n: int, far: bool = False, cells: int = 1, **more: bool) -> str:
    return SYSTEMS[system].classify(CaseCounts(SMALL, n, far, cells if n else 0, **more))


@pytest.mark.parametrize(
    ("n", "far", "nhc", "tcgp"),
    [
        (0, False, "M0", "M0"),
        (1, False, "M1", "M1"),
        (5, False, "M1", "M1"),
        (6, False, "M2a", "M2"),
        (1, True, "M2b", "M2"),
        (6, True, "M2b", "M2"),
    ],
)
def test_the_chinese_systems(n: int, far: bool, nhc: str, tcgp: str) -> None:
    assert grade("NHC", n, far) == nhc
    assert grade("TCGP", n, far) == tcgp


def test_five_vessels_are_mild_for_sumie_and_severe_in_seoul() -> None:
    assert [grade("Sumie", n) for n in (0, 1, 5, 6)] == ["none", "mild", "mild", "severe"]
    assert [grade("SNUH", n) for n in (0, 1, 4, 5)] == ["none", "mild", "mild", "severe"]


def test_fifty_cells_are_severe_in_seoul_and_low_for_iguchi() -> None:
    assert [grade("SNUH", 2, cells=c) for c in (1, 50, 51)] == ["mild", "severe", "severe"]
    assert [grade("Iguchi", 2, cells=c) for c in (1, 50, 51)] == ["low", "low", "high"]
    assert grade("Iguchi", 1, cells=51) == "low"
    assert grade("Iguchi", 0) == "none"


def test_roayaie_counts_two_features() -> None:
    assert grade("Roayaie", 0) == "none"
    assert grade("Roayaie", 3) == "0"
    assert grade("Roayaie", 3, far=True) == "1"
    assert grade("Roayaie", 3, any_muscular=True) == "1"
    assert grade("Roayaie", 3, far=True, any_muscular=True) == "2"


def test_eguchi_asks_for_hepatic_veins_and_cap_only_for_presence() -> None:
    assert grade("Eguchi", 0) == "none"
    assert grade("Eguchi", 3) == "portal"
    assert grade("Eguchi", 3, any_hepatic=True) == "hepatic"
    assert (grade("CAP", 0), grade("CAP", 1)) == ("not identified", "present, small vessel")


def test_invasion_moves_a_solitary_tumour_over_two_centimetres_to_t2() -> None:
    ajcc = SYSTEMS["AJCC8"].classify
    assert (ajcc(CaseCounts(LARGE)), ajcc(CaseCounts(LARGE, 1))) == ("T1b", "T2")
    assert (ajcc(CaseCounts(SMALL)), ajcc(CaseCounts(SMALL, 1))) == ("T1a", "T1a")
    assert ajcc(CaseCounts(TumourClass.MULTIPLE_TO_50_MM)) == "T2"
    assert ajcc(CaseCounts(TumourClass.MULTIPLE_OVER_50_MM, 1)) == "T3"


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_names_itself_its_source_and_gives_only_its_own_grades(name: str) -> None:
    system = SYSTEMS[name]
    assert system.name == name
    assert system.version
    assert system.source.endswith(".")
    assert system.mark in {"S", "R"}
    everything = product(
        TumourClass, range(7), (False, True), (1, 50, 51), (False, True), (False, True)
    )
    assert {
        system.classify(CaseCounts(t, n, far, cells, wall, hepatic))
        for t, n, far, cells, wall, hepatic in everything
    } == set(system.grades)
