"""Scores by size of vessel: small ones are many and hard, large ones are few and easy.

A matched pair and a missed vessel belong to the bin of the reference vessel; an outline that matches
nothing belongs to the bin of its own size, because it has no other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pathoflow.metrics.jaccard import AggregatedJaccard, JaccardParts
from pathoflow.metrics.objects import ObjectScore


@dataclass(frozen=True, slots=True)
class DiameterBin:
    """Equivalent diameters from ``low_um`` (in) to ``high_um`` (out, but for 600 µm)."""

    low_um: float
    high_um: float
    #: As people read it.
    name: str
    #: As keys of tables spell it.
    key: str


#: The bins of the field; a vessel of exactly 600 µm lies in the third.
DIAMETER_BINS = (
    DiameterBin(0, 60, "< 60 µm", "under_60_um"),
    DiameterBin(60, 200, "60–200 µm", "60_to_200_um"),
    DiameterBin(200, 600, "200–600 µm", "200_to_600_um"),
    DiameterBin(600, math.inf, "> 600 µm", "over_600_um"),
)


def equivalent_diameter_um(area_um2: float) -> float:
    """Diameter of the circle of the same area."""
    return 2 * math.sqrt(area_um2 / math.pi)


def diameter_bin(diameter_um: float) -> int:
    """Index in `DIAMETER_BINS`.

    Raises
    ------
    ValueError
        If the diameter is negative or NaN.
    """
    if not diameter_um >= 0:
        raise ValueError(f"a diameter cannot be negative or NaN, got {diameter_um}")
    return int(diameter_um >= 60) + int(diameter_um >= 200) + int(diameter_um > 600)


def split_objects(
    score: ObjectScore, predicted_bins: Sequence[int], reference_bins: Sequence[int]
) -> list[ObjectScore]:
    """One score per bin; their sum is the whole score.

    Parameters
    ----------
    score
        From `match_polygons`: pairs hold indices into the two sequences.
    predicted_bins, reference_bins
        Bin of every object.

    Raises
    ------
    ValueError
        If the numbers of objects differ from those of the score.
    """
    if (len(predicted_bins), len(reference_bins)) != (score.n_predicted, score.n_reference):
        raise ValueError("every object of the score needs its bin")
    taken = {pair.predicted: reference_bins[pair.reference] for pair in score.pairs}
    own = [taken.get(index, size) for index, size in enumerate(predicted_bins)]
    return [
        ObjectScore(
            own.count(index),
            list(reference_bins).count(index),
            tuple(pair for pair in score.pairs if reference_bins[pair.reference] == index),
        )
        for index in range(len(DIAMETER_BINS))
    ]


def split_jaccard(
    parts: JaccardParts, predicted_bins: Sequence[int], reference_bins: Sequence[int]
) -> list[AggregatedJaccard]:
    """One aggregated Jaccard index per bin; their sum is the whole one."""
    sums = [AggregatedJaccard() for _ in DIAMETER_BINS]
    for part, index in zip(parts.of_reference, reference_bins, strict=True):
        sums[index] = sums[index] + part
    for part, index in zip(parts.of_predicted, predicted_bins, strict=True):
        sums[index] = sums[index] + part
    return sums
