from __future__ import annotations

import math
from dataclasses import replace

import pytest

from pathoflow.vessels.companions import SORTS
from pathoflow.vessels.kind import Kind, MuscularWall
from pathoflow.vessels.suggest import Evidence, SuggestSettings, suggest_kind

ASK = SuggestSettings()
#: Everything known of a vein of 60 µm with a wall of 4 µm.
VEIN = Evidence(
    diameter_um=60,
    elongation=1.5,
    wall_thickness_um=4,
    lumen_diameter_um=52,
    stroma_share=0.9,
    n_ducts=1,
    duct_um=20,
    n_arteries=1,
    in_capsule=False,
)


def test_a_vein_with_duct_and_artery_in_stroma_is_portal() -> None:
    found = suggest_kind(VEIN, ASK)
    assert found.kind is Kind.PORTAL
    assert found.probability == found.probabilities[Kind.PORTAL]
    assert found.probability > 0.9


def test_a_vein_alone_among_liver_cells_is_hepatic() -> None:
    lonely = replace(
        VEIN, wall_thickness_um=1.5, stroma_share=0.05, n_ducts=0, duct_um=None, n_arteries=0
    )
    assert suggest_kind(lonely, ASK).kind is Kind.HEPATIC


def test_a_small_round_vessel_with_a_wall_as_thick_as_its_lumen_is_an_artery() -> None:
    artery = replace(
        VEIN, diameter_um=40, elongation=1.1, wall_thickness_um=13, lumen_diameter_um=14
    )
    found = suggest_kind(artery, ASK)
    assert found.kind is Kind.ARTERY
    assert found.muscular_wall is MuscularWall.YES
    # Even before anything is known of what lies around it.
    alone = Evidence(40, 1.1, wall_thickness_um=13, lumen_diameter_um=14)
    assert suggest_kind(alone, ASK).kind is Kind.ARTERY


def test_a_vein_in_the_stroma_along_the_tumour_is_capsular() -> None:
    inside = replace(VEIN, in_capsule=True, n_ducts=0, duct_um=None, n_arteries=0)
    assert suggest_kind(inside, ASK).kind is Kind.CAPSULAR


def test_probabilities_are_bayes_rule_written_out() -> None:
    found = suggest_kind(Evidence(60, n_ducts=0), ASK)
    shares = {}
    for sort in SORTS:
        z = math.log(60 / sort.diameter_um.median) / sort.diameter_um.spread
        size = math.exp(-z * z / 2) / sort.diameter_um.spread
        unseen = 1 - (sort.duct * 0.9 + (1 - sort.duct) * 0.03)
        shares[sort.name] = sort.prior * (size * unseen) ** 0.7
    total = sum(shares.values())
    assert found.probabilities[Kind.PORTAL] == pytest.approx(shares["portal vein"] / total)
    assert found.probabilities[Kind.HEPATIC] == pytest.approx(
        (shares["central vein"] + shares["sublobular vein"]) / total
    )
    assert sum(found.probabilities.values()) == pytest.approx(1)


def test_below_the_least_probability_the_kind_is_unknown_but_its_probability_is_told() -> None:
    found = suggest_kind(replace(VEIN, n_arteries=None, in_capsule=None), ASK)
    strict = replace(ASK, min_probability=0.999999)
    unsure = suggest_kind(replace(VEIN, n_arteries=None, in_capsule=None), strict)
    assert unsure.kind is Kind.UNKNOWN
    assert unsure.probability == found.probability


def test_nothing_known_is_never_a_guess() -> None:
    found = suggest_kind(Evidence(60, elongation=1.2, in_capsule=False), ASK)
    assert found.kind is Kind.UNKNOWN
    assert found.probability is None
    assert found.probabilities == {}
    assert found.muscular_wall is MuscularWall.UNKNOWN
    assert found.reasons == ()


@pytest.mark.parametrize(
    ("wall", "said"),
    [(None, "unknown"), (2, "no"), (8, "no"), (11, "unknown"), (15, "yes"), (60, "yes")],
)
def test_muscle_is_told_by_the_thickness_of_the_wall(wall: float | None, said: str) -> None:
    vein = replace(VEIN, diameter_um=400, wall_thickness_um=wall, lumen_diameter_um=300)
    assert suggest_kind(vein, ASK).muscular_wall == said


def test_the_evidence_is_told_in_sentences() -> None:
    assert suggest_kind(replace(VEIN, in_capsule=True), ASK).reasons == (
        "A bile duct in the same stroma, 20 µm away.",
        "An artery near it in the same stroma.",
        "Stroma takes 90% of the ring around it.",
        "It lies in stroma that runs along the tumour's border.",
        "Its wall is 4 µm thick, 0.077 of the width of its lumen.",
        "It is 60 µm wide.",
    )
    bare = suggest_kind(replace(VEIN, n_ducts=0, duct_um=None, n_arteries=2), ASK).reasons
    assert bare[:2] == (
        "No bile duct near it in the same stroma.",
        "2 arteries near it in the same stroma.",
    )
    ducts = suggest_kind(replace(VEIN, n_ducts=3, duct_um=7.4), ASK).reasons
    assert ducts[0] == "3 bile ducts in the same stroma, the nearest 7 µm away."


def test_a_duct_can_only_speak_for_a_portal_vein() -> None:
    with_duct = suggest_kind(VEIN, ASK).probabilities[Kind.PORTAL]
    without = suggest_kind(replace(VEIN, n_ducts=0, duct_um=None), ASK).probabilities[Kind.PORTAL]
    silent = suggest_kind(replace(VEIN, n_ducts=None, duct_um=None), ASK).probabilities[Kind.PORTAL]
    assert without < silent < with_duct
