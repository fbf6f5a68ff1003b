"""How far a figure could lie elsewhere with other cases: percentile bootstrap over whole cases.

Vessels of one patient resemble one another, so cases are drawn, never vessels or slides. A resample is
told by how often each case was drawn, which lets figures be computed from sums: 2,000 resamples of 500
cases take seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: From how often each case was drawn, shape ``(cases,)``, to named figures; NaN is a figure without data.
Figures = Callable[[NDArray[np.int64]], Mapping[str, float]]

#: Share of resamples in which a figure must exist for its interval to be told.
_MIN_VALID = 0.5


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure of all cases with the ends of its interval; NaN where it cannot be told."""

    value: float
    low: float
    high: float
    n_valid: int
    """Resamples in which the figure existed."""


def bootstrap(
    figures: Figures,
    n_cases: int,
    rng: np.random.Generator,
    n_resamples: int = 2000,
    level: float = 0.95,
) -> dict[str, Interval]:
    """Intervals of all figures from the same resamples.

    Cases are drawn with replacement, as many as there are; the ends are percentiles of the figures so
    found. Resamples in which a figure does not exist (no invaded vessel was drawn) are left out of its
    interval; where that is more than half of them, or there are fewer than two cases, there is none.

    Parameters
    ----------
    figures
        Pure function of how often each case was drawn.
    n_cases
        Number of cases.
    rng
        Source of the draws: the same generator state gives the same intervals.

    Raises
    ------
    ValueError
        If there are no cases or resamples, or the level is not in (0, 1).
    """
    if n_cases < 1 or n_resamples < 1:
        raise ValueError(f"{n_cases} cases and {n_resamples} resamples: both must be at least 1")
    if not 0 < level < 1:
        raise ValueError(f"the level must lie in (0, 1), got {level}")
    whole = figures(np.ones(n_cases, np.int64))
    if n_cases == 1:
        return {name: Interval(value, math.nan, math.nan, 0) for name, value in whole.items()}
    drawn = rng.multinomial(n_cases, np.full(n_cases, 1 / n_cases), size=n_resamples)
    found = [figures(times) for times in drawn]
    tail = (1 - level) / 2
    return {
        name: _interval(value, np.array([one[name] for one in found]), tail)
        for name, value in whole.items()
    }


def _interval(value: float, resampled: NDArray[np.float64], tail: float) -> Interval:
    valid = resampled[~np.isnan(resampled)]
    if len(valid) < _MIN_VALID * len(resampled):
        return Interval(value, math.nan, math.nan, len(valid))
    low, high = np.quantile(valid, [tail, 1 - tail])
    return Interval(value, float(low), float(high), len(valid))
