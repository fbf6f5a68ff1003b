import math

import numpy as np
import pytest

from pathoflow.cells import CountCalibration, box50, fit_calibration
from pathoflow.errors import NetworkError


def test_the_interval_is_the_formula():
    calibration = CountCalibration(ratio=1.1, relative_sd=0.1)
    score = np.array([0.9] * 40 + [0.3] * 20)
    m, v = score.sum(), (score * (1 - score)).sum()
    assert (m, v) == pytest.approx((42, 40 * 0.09 + 20 * 0.21))
    half = 1.6449 * math.sqrt(1.1**2 * v + (0.1 * 1.1 * 42) ** 2)
    assert calibration.interval(m, v) == (round(46.2 - half), round(46.2 + half))


def test_certain_nuclei_and_faultless_finding_leave_no_doubt():
    assert CountCalibration(1.0, 0.0).interval(37.0, 0.0) == (37, 37)


def test_an_interval_does_not_fall_below_zero():
    low, high = CountCalibration(1.0, 0.0).interval(1.0, 0.9)
    assert low == 0
    assert high >= 2


def test_draws_of_classes_fall_into_the_interval_nine_times_of_ten():
    rng = np.random.default_rng(7)
    score = rng.uniform(0.2, 1.0, 400)
    low, high = CountCalibration(1.0, 0.0).interval(score.sum(), (score * (1 - score)).sum())
    drawn = (rng.random((4000, 400)) < score).sum(axis=1)
    assert 0.88 < np.mean((drawn >= low) & (drawn <= high)) < 0.93


def test_a_fit_covers_nine_of_ten_veins_of_its_own_and_of_new_ones():
    rng = np.random.default_rng(3)

    def veins(n):
        true = rng.integers(5, 300, n)
        return true / 1.2 * rng.lognormal(0, 0.15, n), np.full(n, 1.0), true

    expected, variance, true = veins(200)
    found = fit_calibration(expected, variance, true)
    assert found.ratio == pytest.approx(1.2, rel=0.05)
    assert found.n_veins == 200

    def covered(m, v, t):
        ends = [found.interval(*pair) for pair in zip(m, v, strict=True)]
        return np.mean([low <= n <= high for (low, high), n in zip(ends, t, strict=True)])

    assert covered(expected, variance, true) >= 0.9
    assert 0.85 < covered(*veins(1000)) < 0.96


def test_one_vein_s_error_by_hand():
    # Ratio 100 / 80; the second vein expects 50 and holds 60.
    found = fit_calibration([30.0, 50.0], [0.0, 0.0], [40, 60])
    assert found.ratio == 1.25
    first, second = 2.5 / 1.6449 / 37.5, 2.5 / 1.6449 / 62.5
    assert found.relative_sd == pytest.approx(max(first, second))


def test_veins_that_say_nothing_are_refused():
    with pytest.raises(ValueError, match="no vein"):
        fit_calibration([0.0], [0.0], [3])
    with pytest.raises(ValueError, match="same veins"):
        fit_calibration([1.0], [0.0, 1.0], [3])


@pytest.mark.parametrize(
    ("interval", "box"),
    [
        ((50, 50), "le50"),
        ((51, 51), "gt50"),
        ((50, 51), "undetermined"),
        ((0, 50), "le50"),
        ((51, 900), "gt50"),
        ((3, 400), "undetermined"),
    ],
)
def test_the_box_is_open_where_the_interval_straddles_fifty(interval, box):
    assert box50(interval) == box


def test_a_card_carries_its_calibration():
    entry = {"count": {"ratio": 1.05, "relative_sd": 0.08, "n_veins": 60}, "temperature": 1.3}
    assert CountCalibration.of_card("net", entry) == CountCalibration(1.05, 0.08, 60)
    assert CountCalibration.of_card("net", None) == CountCalibration()
    assert CountCalibration.of_card("net", {"temperature": 1.3}).n_veins == 0


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"ratio": 1.0}, "cannot be read"),
        ([1.0, 0.1], "cannot be read"),
        ({"ratio": 0.0, "relative_sd": 0.1, "n_veins": 3}, "impossible"),
        ({"ratio": 1.0, "relative_sd": -0.1, "n_veins": 3}, "impossible"),
    ],
)
def test_a_damaged_calibration_is_refused(entry, reason):
    with pytest.raises(NetworkError, match=reason):
        CountCalibration.of_card("net", {"count": entry})
