from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import expit

from pathoflow.errors import UsageError
from pathoflow.loopnet.calibrate import calibrate, fit_temperature


def test_a_set_without_mistakes_asks_for_no_certainty() -> None:
    # s(a / T) = (n + 1) / (n + 2), so T = a / log(n + 1).
    odds, truth = np.repeat([5.0, -5.0], 30), np.repeat([True, False], 30)
    assert fit_temperature(odds, truth) == pytest.approx(5 / math.log(31), rel=1e-5)


def test_too_sure_odds_are_cooled_to_how_often_they_are_right() -> None:
    # Odds of 9 that are right nine times in ten: T = 9 / log(t / (1 - t)), where t is the mean drawn-in truth.
    odds, truth = np.full(2000, 9.0), np.arange(2000) % 10 > 0
    t = 0.9 * 1801 / 1802 + 0.1 / 202
    assert fit_temperature(odds, truth) == pytest.approx(9 / math.log(t / (1 - t)), rel=1e-4)


def test_no_temperature_nearby_costs_less() -> None:
    rng = np.random.default_rng(4)
    z = rng.normal(0, 2, 400)
    truth = rng.random(400) < expit(z)
    best = fit_temperature(3 * z, truth)
    n = truth.sum()
    target = np.where(truth, (n + 1) / (n + 2), 1 / (402 - n))

    def cost(temperature: float) -> float:
        p = expit(3 * z / temperature)
        return float(-np.mean(target * np.log(p) + (1 - target) * np.log(1 - p)))

    assert all(cost(best) <= cost(best * share) for share in (0.8, 0.98, 0.999, 1.001, 1.02, 1.3))
    # The odds were three times too sure.
    assert best == pytest.approx(3, rel=0.2)


def test_the_card_tells_the_error_before_and_after_and_every_bin() -> None:
    rng = np.random.default_rng(4)
    z = rng.normal(0, 2, 500)
    truth = rng.random(500) < expit(z)
    found = calibrate(4 * z, truth, "made up")
    assert (found.set_name, found.n, found.n_mvi) == ("made up", 500, truth.sum())
    assert found.ece_after < 0.5 * found.ece_before
    p = found.probability(4 * z)
    assert np.allclose(p, 1 / (1 + np.exp(-4 * z / found.temperature)))
    assert len(found.bins) == 10
    low = (p >= 0.3) & (p < 0.4)
    row = found.bins[3]
    assert (row.low, row.high, row.n) == (0.3, 0.4, low.sum())
    assert row.mean_p == pytest.approx(p[low].mean())
    assert row.true_share == pytest.approx(truth[low].mean())


def test_empty_bins_hold_none_and_order_is_kept() -> None:
    found = calibrate(np.array([4.0, -4, 4, -4]), np.array([True, False, True, False]), "four")
    assert {row.mean_p for row in found.bins if not row.n} == {None}
    p = found.probability(np.linspace(-5, 5, 11))
    assert (np.diff(p) > 0).all()
    assert p[5] == 0.5


def test_one_kind_of_vessel_cannot_calibrate() -> None:
    with pytest.raises(UsageError, match="0 of the 3 vessels for calibration are MVI"):
        calibrate(np.zeros(3), np.zeros(3, bool), "none")
