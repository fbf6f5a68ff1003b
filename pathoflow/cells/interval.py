"""How sure a count is: an interval that holds the true number in nine of ten veins, and the report's box of 50.

With ``p`` the probability of each nucleus to be a tumour cell, and ``r`` and ``s`` measured on veins whose cells are
known,

    m = sum p                                    cells expected among the nuclei found
    v = sum p (1 - p)                            spread of that, were classes drawn one by one
    centre = r m                                 r true cells for each one expected
    sd = sqrt(r² v + (s r m)²)                   s: relative error of finding nuclei
    [low, high] = centre -/+ 1.645 sd            rounded to whole cells, low not below 0

Classes within one vein are not drawn one by one, a plug is mistaken as a whole or not at all. ``s`` is therefore
measured so that the interval covers nine of ten veins, whatever the reason for the error (`fit_calibration`); it says
nothing about tissue unlike that of the measurement.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from pathoflow.errors import NetworkError
from pathoflow.metrics.counts import FEW_CELLS

#: Share of veins whose true number an interval is to hold, and standard deviations from the centre to its ends.
COVERAGE, Z = 0.90, 1.6449
#: Key of a card's calibration under which the count's stands.
CARD_KEY = "count"

Box50 = Literal["le50", "gt50", "undetermined"]


@dataclass(frozen=True, slots=True)
class CountCalibration:
    """How counts of one method relate to true numbers."""

    #: True cells for each one expected.
    ratio: float = 1.0
    #: Relative error of finding nuclei. The default is a guess for what nobody has measured.
    relative_sd: float = 0.25
    #: Veins on which that was measured; 0 where it was not.
    n_veins: int = 0

    @classmethod
    def of_card(cls, name: str, calibration: Mapping[str, Any] | None) -> CountCalibration:
        """What the card of network ``name`` carries as ``calibration["count"]``; the default where it has none.

        Raises
        ------
        NetworkError
            The entry is not of that form.
        """
        entry = (calibration or {}).get(CARD_KEY)
        if entry is None:
            return cls()
        try:
            found = cls(float(entry["ratio"]), float(entry["relative_sd"]), int(entry["n_veins"]))
        except (KeyError, TypeError, ValueError) as error:
            raise NetworkError(
                f"The card of network {name!r} has a calibration of counts that cannot be read ({error}): "
                "it needs ratio, relative_sd and n_veins."
            ) from error
        if not (found.ratio > 0 and found.relative_sd >= 0 and found.n_veins >= 0):
            raise NetworkError(
                f"The card of network {name!r} has the impossible count calibration {entry}: "
                "ratio must be above 0, the others not below."
            )
        return found

    def interval(self, expected: float, variance: float) -> tuple[int, int]:
        """The interval for ``m`` and ``v`` of the module's formula."""
        centre = self.ratio * expected
        spread = math.sqrt(self.ratio**2 * variance + (self.relative_sd * centre) ** 2)
        return max(0, round(centre - Z * spread)), round(centre + Z * spread)


def fit_calibration(
    expected: Sequence[float], variance: Sequence[float], true: Sequence[int]
) -> CountCalibration:
    """Measure ``r`` and ``s`` on veins with known tumour cells, one entry of each sequence per vein.

    ``r`` is the true cells of all veins over the expected ones. A vein's own ``s`` is the least at which its interval,
    before rounding, reaches the true number; ``s`` is the value that nine of ten veins do not exceed, counted as if
    one more vein lay above all.

    Raises
    ------
    ValueError
        The sequences differ in length, or no vein has expected and true cells.
    """
    m, v, t = (np.asarray(values, np.float64) for values in (expected, variance, true))
    if not len(m) == len(v) == len(t):
        raise ValueError(f"{len(m)}, {len(v)} and {len(t)} values do not belong to the same veins")
    known = (m > 0) & (t > 0)
    if not known.any():
        raise ValueError("no vein has expected and true tumour cells")
    m, v, t = m[known], v[known], t[known]
    ratio = float(t.sum() / m.sum())
    beyond = ((t - ratio * m) / Z) ** 2 - ratio**2 * v
    needed = np.sort(np.sqrt(np.maximum(beyond, 0)) / (ratio * m))
    rank = min(len(needed), math.ceil(COVERAGE * (len(needed) + 1)))
    return CountCalibration(ratio, float(needed[rank - 1]), len(needed))


def box50(interval: tuple[int, int]) -> Box50:
    """The report's box: at most 50 cells, more, or undetermined where the interval holds numbers of both."""
    low, high = interval
    if high <= FEW_CELLS:
        return "le50"
    return "gt50" if low > FEW_CELLS else "undetermined"
