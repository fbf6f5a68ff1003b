import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathoflow.loopnet.combine import CONTENT_FEATURES, VESSEL_FEATURES, Combination, Factor
from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.evidence import Location, Status
from pathoflow.mvi.findings import (
    UNREVIEWED,
    MachineFinding,
    ScoreSettings,
    Standing,
    VesselEvidence,
    judge_vessel,
    propose,
    propose_grades,
)
from pathoflow.mvi.systems import SYSTEMS

SURE = VesselEvidence("v", 0.9, 0.85, 0.3, n_cells=12, dist_edge_um=900.0)


def but(evidence: VesselEvidence = SURE, /, **changes: object) -> VesselEvidence:
    return dataclasses.replace(evidence, **changes)  # type: ignore[arg-type]


def finding(standing: Standing, **changes: object) -> MachineFinding:
    p_mvi = {Standing.CALLED: 0.8, Standing.LISTED: 0.3, Standing.UNLISTED: 0.0}[standing]
    return MachineFinding(but(**changes), p_mvi, standing)


def test_the_score_is_the_product_written_out() -> None:
    # 12 cells at half of 3: 1 - 2 ** -4 = 15/16.
    assert judge_vessel(SURE).p_mvi == pytest.approx(0.9 * 0.85 * 15 / 16)
    # Without a count, a tenth of the lumen at half of 0.05: 1 - 2 ** -2 = 3/4.
    uncounted = but(n_cells=None, tumour_in_lumen_fraction=0.1)
    assert judge_vessel(uncounted).p_mvi == pytest.approx(0.9 * 0.85 * 0.75)
    # Two doubtful flags leave a quarter; one that only describes leaves all.
    doubtful = but(flags=("FOLD", "BLUR", "truncated"))
    assert judge_vessel(doubtful).p_mvi == pytest.approx(0.9 * 0.85 * 15 / 16 / 4)


@pytest.mark.parametrize(
    "veto",
    [
        {"p_vessel": 0.0},
        {"p_tumour_in_lumen": 0.0},
        {"n_cells": 0},
        {"n_cells": None, "tumour_in_lumen_fraction": 0.0},
        {"location": Location.INTRATUMORAL},
    ],
)
def test_each_share_can_veto(veto: dict[str, object]) -> None:
    judged = judge_vessel(but(**veto))
    assert judged.p_mvi == 0
    assert judged.standing is Standing.UNLISTED
    assert not judged.is_candidate


def test_intratumoral_vessels_score_where_they_are_included() -> None:
    inside = but(location=Location.INTRATUMORAL)
    judged = judge_vessel(inside, MviCriteria(include_intratumoral=True))
    assert judged.p_mvi == judge_vessel(SURE).p_mvi
    assert any("inside the tumour" in reason for reason in judge_vessel(inside).reasons)


def test_scores_at_the_limits_are_called_and_listed() -> None:
    def standing(p: float) -> Standing:
        # A very small half count makes the amount exactly 1.
        evidence = VesselEvidence("v", p, 1.0, 0.5, n_cells=1000)
        return judge_vessel(evidence, settings=ScoreSettings(half_cells=0.001)).standing

    assert standing(0.5) is Standing.CALLED
    assert standing(0.4999) is Standing.LISTED
    assert standing(0.1) is Standing.LISTED
    assert standing(0.0999) is Standing.UNLISTED


def test_one_loose_cell_is_not_listed_but_a_high_score_is_still_called() -> None:
    one = but(n_cells=1)
    assert judge_vessel(one).p_mvi > 0.1
    assert judge_vessel(one).standing is Standing.UNLISTED
    assert judge_vessel(one, settings=ScoreSettings(half_cells=0.1)).standing is Standing.CALLED


def test_reasons_say_what_was_seen_and_that_the_score_is_not_calibrated() -> None:
    reasons = judge_vessel(but(n_cells_interval=(9, 15), flags=("FOLD",))).reasons
    text = " ".join(reasons)
    assert "12 tumour cells (between 9 and 15)" in text
    assert "FOLD" in text
    assert "not a calibrated probability" in text
    assert "Cells were not counted" in " ".join(judge_vessel(but(n_cells=None)).reasons)


SHARE = st.floats(0, 1)


@given(
    SHARE, SHARE, SHARE, st.none() | st.integers(0, 2000), st.sets(st.sampled_from(["FOLD", "PEN"]))
)
def test_scores_stay_between_zero_and_one_and_grow_with_the_evidence(
    p_vessel: float, p_tumour: float, fraction: float, n_cells: int | None, flags: set[str]
) -> None:
    evidence = VesselEvidence("v", p_vessel, p_tumour, fraction, n_cells, flags=tuple(flags))
    p_mvi = judge_vessel(evidence).p_mvi
    assert 0 <= p_mvi <= min(p_vessel, p_tumour)
    better = but(evidence, p_vessel=1.0, n_cells=None if n_cells is None else n_cells + 1, flags=())
    assert judge_vessel(better).p_mvi >= p_mvi


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan")])
def test_shares_outside_zero_and_one_are_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="p_vessel"):
        but(p_vessel=wrong)


def test_score_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        ScoreSettings(half_cells=0)
    with pytest.raises(ValueError, match="doubt_factor"):
        ScoreSettings(doubt_factor=1.5)


def test_called_is_accepted_and_listed_is_uncertain() -> None:
    statuses = [finding(standing).as_vessel().status for standing in Standing]
    assert statuses == [Status.ACCEPTED, Status.UNCERTAIN, Status.REJECTED]


def test_a_proposal_is_the_interval_between_called_and_listed() -> None:
    called = [finding(Standing.CALLED, id=str(i)) for i in range(5)]
    assert propose(called)["NHC"]["possible"] == ["M1"]
    nhc = propose([*called, finding(Standing.LISTED, id="x"), finding(Standing.UNLISTED, id="y")])[
        "NHC"
    ]
    assert nhc["grade"] == "undetermined"
    assert nhc["possible"] == ["M1", "M2a"]
    assert nhc["reasons"][1].startswith("5 candidates called invaded and 1 more candidate listed")


def test_every_reason_list_starts_with_being_unreviewed() -> None:
    for findings in ([], [finding(Standing.CALLED)], [finding(Standing.LISTED)]):
        for system in propose(findings).values():
            assert system["reasons"][0] == UNREVIEWED
            assert set(system) == {"grade", "possible", "reasons"}
    for system in propose([], distrust=["x."]).values():
        assert system["reasons"][0] == UNREVIEWED


def test_scenario_25_no_candidate_is_m0_only_after_a_reader_confirms() -> None:
    nhc = propose([])["NHC"]
    assert nhc["grade"] == "M0"
    assert "only after a reader confirms" in nhc["reasons"][1]


def test_scenario_26_and_foreign_stains_get_no_grade() -> None:
    grades = propose_grades(
        [finding(Standing.CALLED)], distrust=["BIOPSY: not gradable on biopsy."]
    )
    for name, system in SYSTEMS.items():
        assert grades[name].grade == "undetermined"
        assert grades[name].possible == list(system.grades)
        assert grades[name].reasons == [UNREVIEWED, "BIOPSY: not gradable on biopsy."]


def test_an_uncertain_machine_count_keeps_seoul_open() -> None:
    grades = propose([finding(Standing.CALLED, n_cells=48, n_cells_interval=(35, 60))])
    assert grades["SNUH"]["possible"] == ["mild", "severe"]


def mix(set_name: str = "vessels set aside") -> Combination:
    """Surely a vessel; log-odds of its content: -2 + log2(1 + cells) - 2 + 0.5 x (classifier - 1) - 3 x doubts."""
    none = dict.fromkeys(VESSEL_FEATURES, 0.0)
    weights = dict.fromkeys(CONTENT_FEATURES, 0.0) | {"cells": 1.0, "classifier": 0.5, "doubts": 3}
    usual = dict.fromkeys(CONTENT_FEATURES, 0.0) | {"cells": 2.0, "classifier": 1.0}
    return Combination(Factor(50.0, none, none, 100), Factor(-2.0, weights, usual, 100), set_name)


def test_weights_make_the_number_a_probability_with_a_reason_for_each_term() -> None:
    evidence = but(n_cells=15, classifier_odds=4.0, flags=("FOLD",))
    judged = judge_vessel(evidence, combination=mix())
    # log2(16) = 4: -2 + 2 + 1.5 - 3.
    assert judged.p_mvi == pytest.approx(1 / (1 + math.exp(1.5)))
    assert judged.is_probability
    text = " ".join(judged.reasons)
    assert "It is a vessel with a probability of 1.00." in text
    assert "15 tumour cells in the lumen: +2.00." in text
    assert "Flags FOLD make this doubtful." in text
    assert "calibrated on vessels set aside: listed" in text
    assert not judge_vessel(evidence, combination=mix("")).is_probability


def test_a_vessel_inside_the_tumour_gets_nothing_whatever_is_weighed() -> None:
    inside = but(location=Location.INTRATUMORAL, classifier_odds=8.0)
    judged = judge_vessel(inside, combination=mix())
    assert judged.p_mvi == 0
    assert judged.standing is Standing.UNLISTED
