import math
from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from pathoflow.metrics.bootstrap import bootstrap

VALUES = np.random.default_rng(7).lognormal(0.0, 0.6, 40)


def mean_of(values: NDArray[np.float64]) -> object:
    def figures(times: NDArray[np.int64]) -> Mapping[str, float]:
        return {"mean": float(values @ times / times.sum())}

    return figures


def test_the_interval_of_a_mean_is_that_of_scipy() -> None:
    """Two generators draw other resamples, so the ends agree to a few per cent of the width."""
    found = bootstrap(mean_of(VALUES), 40, np.random.default_rng(0), 4000)["mean"]
    theirs = stats.bootstrap(
        (VALUES,),
        np.mean,
        n_resamples=4000,
        method="percentile",
        rng=np.random.default_rng(1),
    ).confidence_interval
    width = theirs.high - theirs.low
    assert found.value == pytest.approx(VALUES.mean())
    assert found.low == pytest.approx(theirs.low, abs=0.08 * width)
    assert found.high == pytest.approx(theirs.high, abs=0.08 * width)
    assert found.n_valid == 4000


def test_as_many_cases_are_drawn_as_there_are() -> None:
    seen: list[int] = []

    def figures(times: NDArray[np.int64]) -> Mapping[str, float]:
        seen.append(int(times.sum()))
        return {"n": float(times.sum())}

    bootstrap(figures, 9, np.random.default_rng(0), 50)
    assert seen == [9] * 51


def test_the_same_generator_gives_the_same_interval() -> None:
    one, other = (bootstrap(mean_of(VALUES), 40, np.random.default_rng(3), 100) for _ in range(2))
    assert one == other
    assert one != bootstrap(mean_of(VALUES), 40, np.random.default_rng(4), 100)


def test_resamples_without_the_figure_are_left_out() -> None:
    """One case of four has it: drawn at all in 1 - (3/4)^4 = 68 % of resamples."""

    def figures(times: NDArray[np.int64]) -> Mapping[str, float]:
        return {"one": 0.5 if times[0] else math.nan}

    found = bootstrap(figures, 4, np.random.default_rng(0), 2000)["one"]
    assert (found.low, found.high) == (0.5, 0.5)
    assert found.n_valid / 2000 == pytest.approx(1 - 0.75**4, abs=0.04)


def test_a_figure_that_mostly_does_not_exist_has_no_interval() -> None:
    def figures(times: NDArray[np.int64]) -> Mapping[str, float]:
        return {"rare": 1.0 if times[0] > 1 else math.nan, "never": math.nan}

    found = bootstrap(figures, 10, np.random.default_rng(0), 500)
    assert math.isnan(found["rare"].low)
    assert 0 < found["rare"].n_valid < 250
    assert math.isnan(found["never"].value)
    assert found["never"].n_valid == 0


def test_one_case_alone_says_nothing_about_others() -> None:
    found = bootstrap(mean_of(VALUES[:1]), 1, np.random.default_rng(0))["mean"]
    assert found.value == pytest.approx(VALUES[0])
    assert math.isnan(found.low)
    assert math.isnan(found.high)


@pytest.mark.parametrize(("n_cases", "level"), [(0, 0.95), (3, 0.0), (3, 1.0)])
def test_nothing_to_draw_is_refused(n_cases: int, level: float) -> None:
    with pytest.raises(ValueError, match=r"at least 1|must lie"):
        bootstrap(mean_of(VALUES), n_cases, np.random.default_rng(0), 10, level)
