import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from pathoflow.metrics.calibration import Calibration

JUDGED = st.lists(
    st.tuples(st.floats(0, 1, allow_subnormal=False).map(lambda p: round(p, 4)), st.booleans()),
    min_size=1,
    max_size=30,
)


def test_hand_computed_bins_and_errors() -> None:
    found = Calibration.of([0.12, 0.18, 0.9, 1.0], [False, True, True, False])
    rows = {row.low: row for row in found.table if row.n}
    assert set(rows) == {0.1, 0.9}
    assert (rows[0.1].high, rows[0.1].n, rows[0.1].true_share) == (0.2, 2, 0.5)
    assert rows[0.1].mean_score == pytest.approx(0.15)
    assert rows[0.9].mean_score == pytest.approx(0.95)
    assert found.ece == pytest.approx((2 * 0.35 + 2 * 0.45) / 4)
    assert found.brier == pytest.approx((0.12**2 + 0.82**2 + 0.1**2 + 1.0) / 4)


@pytest.mark.parametrize(("score", "low"), [(0.0, 0.0), (0.3, 0.3), (0.7, 0.7), (0.6999, 0.6)])
def test_a_bin_holds_its_lower_edge(score: float, low: float) -> None:
    (row,) = (row for row in Calibration.of([score], [True]).table if row.n)
    assert row.low == low


@given(JUDGED)
@settings(max_examples=40)
def test_brier_and_reliability_are_those_of_scikit_learn(judged: list[tuple[float, bool]]) -> None:
    scores, truth = [s for s, _ in judged], [t for _, t in judged]
    found = Calibration.of(scores, truth)
    # Told its labels, their score also takes truths that are all of one kind.
    assert found.brier == pytest.approx(
        brier_score_loss(np.array(truth, int), scores, labels=[0, 1])
    )
    # Theirs puts a score on an edge into the bin below, so edges are left out of the comparison.
    inner = [(s, t) for s, t in judged if round(s * 10, 6) % 1]
    if len({t for _, t in inner}) == 2:
        true_share, mean_score = calibration_curve(
            [t for _, t in inner], [s for s, _ in inner], n_bins=10
        )
        rows = [r for r in Calibration.of(*map(list, zip(*inner, strict=True))).table if r.n]
        assert [r.true_share for r in rows] == pytest.approx(true_share.tolist())
        assert [r.mean_score for r in rows] == pytest.approx(mean_score.tolist())


@given(JUDGED, JUDGED)
@settings(max_examples=40)
def test_slides_add_up(one: list[tuple[float, bool]], other: list[tuple[float, bool]]) -> None:
    parts = [Calibration.of([s for s, _ in x], [t for _, t in x]) for x in (one, other)]
    whole = Calibration.of([s for s, _ in one + other], [t for _, t in one + other])
    total = parts[0] + parts[1]
    assert total.n == whole.n
    assert total.ece == pytest.approx(whole.ece)
    assert total.brier == pytest.approx(whole.brier)
    # The error is the one of its definition, bin by bin.
    longhand = sum(r.n / whole.n * abs(r.mean_score - r.true_share) for r in whole.table if r.n)
    assert whole.ece == pytest.approx(longhand)


def test_without_scores_there_is_no_number() -> None:
    empty = Calibration.of([], [])
    assert empty.n == 0
    assert math.isnan(empty.ece)
    assert math.isnan(empty.brier)
    assert all(row.n == 0 and math.isnan(row.true_share) for row in empty.table)


def test_scores_that_are_no_probabilities_are_refused() -> None:
    for wrong in (1.1, -0.1, math.nan):
        with pytest.raises(ValueError, match=r"\[0, 1\]"):
            Calibration.of([wrong], [True])
    with pytest.raises(ValueError, match="cannot be paired"):
        Calibration.of([0.5], [])
