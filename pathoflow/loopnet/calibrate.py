"""From log-odds to a probability that means what it says: one temperature, found on vessels that nothing learned from.

    p = 1 / (1 + exp(-z / T))

T minimises the mean cross entropy (Guo et al. 2017). In ``1 / T`` that is convex, so a bounded search over one number finds
it. The truths are drawn in a little, to ``(n+ + 1) / (n+ + 2)`` and ``1 / (n- + 2)`` (Platt 1999): a set without a single
mistake would otherwise ask for certainty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit

from pathoflow.errors import UsageError
from pathoflow.metrics import Calibration

#: Hotter or colder is no calibration, but another network.
_COLDEST, _HOTTEST = 0.02, 50.0


@dataclass(frozen=True, slots=True)
class Bin:
    """One row of the reliability table; None where no vessel fell."""

    low: float
    high: float
    n: int
    mean_p: float | None
    true_share: float | None


@dataclass(frozen=True, slots=True)
class TemperatureCard:
    """How log-odds were calibrated, and how well that held on the same vessels."""

    temperature: float
    #: The vessels it was found on, in words, and how many.
    set_name: str
    n: int
    n_mvi: int
    #: Expected calibration error over ten bins, without and with the temperature.
    ece_before: float
    ece_after: float
    bins: tuple[Bin, ...]

    def probability(self, odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds to probabilities, same shape."""
        return np.asarray(expit(odds / self.temperature), np.float64)


def calibrate(
    odds: NDArray[np.float64], is_mvi: NDArray[np.bool_], set_name: str
) -> TemperatureCard:
    """Find the temperature, and say how reliable the probabilities are.

    Raises
    ------
    UsageError
        The set holds one kind of vessel only.
    """
    n_mvi = int(is_mvi.sum())
    if not 0 < n_mvi < len(is_mvi):
        raise UsageError(
            f"{n_mvi} of the {len(is_mvi)} vessels for calibration are MVI; both kinds are needed: add slides."
        )
    temperature = fit_temperature(odds, is_mvi)
    truth = is_mvi.tolist()
    before = Calibration.of(expit(odds).tolist(), truth)
    after = Calibration.of(expit(odds / temperature).tolist(), truth)
    return TemperatureCard(
        temperature, set_name, len(is_mvi), n_mvi, before.ece, after.ece, reliability(after)
    )


def fit_temperature(odds: NDArray[np.float64], is_mvi: NDArray[np.bool_]) -> float:
    """The temperature of the least cross entropy to the drawn-in truths."""
    n_mvi = int(is_mvi.sum())
    target = np.where(is_mvi, (n_mvi + 1) / (n_mvi + 2), 1 / (len(is_mvi) - n_mvi + 2))

    def cost(sharpness: float) -> float:
        z = sharpness * odds
        # -t log s(z) - (1 - t) log s(-z), written so that nothing overflows.
        return float(np.mean(np.logaddexp(0, z) - target * z))

    bounds = (1 / _HOTTEST, 1 / _COLDEST)
    found = minimize_scalar(cost, bounds=bounds, method="bounded", options={"xatol": 1e-9})
    return 1 / float(found.x)


def reliability(calibration: Calibration) -> tuple[Bin, ...]:
    """The reliability table as JSON can hold it."""
    return tuple(
        Bin(row.low, row.high, row.n, _or_none(row.mean_score), _or_none(row.true_share))
        for row in calibration.table
    )


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
