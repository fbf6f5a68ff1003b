"""Whether a score means what it says: reliability table, expected calibration error, Brier score.

Scores fall into bins of equal width. With ``n_b`` scores in bin ``b``, their mean and the share of them
that is true:

    ECE = sum over b of n_b / n * |mean score - true share|
    Brier = mean of (score - truth)^2, truth being 0 or 1

Empty bins add nothing. The ECE depends on the bins, so their number is always said with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathoflow.metrics.overlap import ratio

#: Bins of the reliability table: 0 to 0.1, ..., 0.9 to 1; each holds its lower edge, the last both.
N_BINS = 10


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """One row of the reliability table; NaN where no score fell."""

    low: float
    high: float
    n: int
    mean_score: float
    true_share: float


@dataclass(frozen=True, eq=False, slots=True)
class Calibration:
    """Sums per bin; those of several slides are added up with ``+``."""

    #: Shape ``(bins, 3)``: how many scores, their sum, how many are true.
    sums: NDArray[np.float64]
    #: Sum of ``(score - truth)^2``.
    squared_error: float

    @classmethod
    def of(
        cls, scores: Sequence[float], is_true: Sequence[bool], n_bins: int = N_BINS
    ) -> Calibration:
        """Sort scores into bins.

        Raises
        ------
        ValueError
            If the sequences differ in length, or a score is not in [0, 1].
        """
        if len(scores) != len(is_true):
            raise ValueError(f"{len(scores)} scores cannot be paired with {len(is_true)} truths")
        score, truth = np.asarray(scores, np.float64), np.asarray(is_true, np.float64)
        # Written so that NaN is refused too.
        if not np.all((score >= 0) & (score <= 1)):
            raise ValueError("scores must lie in [0, 1]")
        edges = np.arange(1, n_bins) / n_bins
        place = np.searchsorted(edges, score, side="right")
        columns = [np.bincount(place, w, n_bins) for w in (np.ones_like(score), score, truth)]
        return cls(np.stack(columns, axis=1), float(((score - truth) ** 2).sum()))

    def __add__(self, other: Calibration) -> Calibration:
        return Calibration(self.sums + other.sums, self.squared_error + other.squared_error)

    @property
    def n(self) -> int:
        """Scores in all bins."""
        return int(self.sums[:, 0].sum())

    @property
    def ece(self) -> float:
        """Expected calibration error; NaN without scores."""
        # A bin's share of scores cancels its own count: what is left is the difference of two sums.
        return ratio(float(np.abs(self.sums[:, 1] - self.sums[:, 2]).sum()), self.sums[:, 0].sum())

    @property
    def brier(self) -> float:
        """Brier score; NaN without scores."""
        return ratio(self.squared_error, float(self.sums[:, 0].sum()))

    @property
    def table(self) -> tuple[ReliabilityBin, ...]:
        """The reliability table, from low scores to high ones."""
        width = 1 / len(self.sums)
        return tuple(
            ReliabilityBin(
                round(index * width, 9),
                round((index + 1) * width, 9),
                int(n),
                ratio(float(total), float(n)),
                ratio(float(true), float(n)),
            )
            for index, (n, total, true) in enumerate(self.sums.tolist())
        )
