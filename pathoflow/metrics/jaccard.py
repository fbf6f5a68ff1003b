"""Aggregated Jaccard index (AJI): objects and areas in one number, after Kumar et al. 2017.

Every reference object takes the predicted object of highest IoU with it, where there is one:

    AJI = sum of shared areas / (sum of joint areas + areas of predicted objects that nobody took)

A predicted object may be taken by several reference objects, as in the publication; each then pays the
joint area anew, so merged vessels cost. Ties go to the first object.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from pathoflow.metrics.overlap import ratio


@dataclass(frozen=True, slots=True)
class AggregatedJaccard:
    """Areas above and below the fraction bar; objects, bins and slides are added up with ``+``."""

    shared: float = 0.0
    joint: float = 0.0

    def __add__(self, other: AggregatedJaccard) -> AggregatedJaccard:
        return AggregatedJaccard(self.shared + other.shared, self.joint + other.joint)

    @property
    def index(self) -> float:
        """Shared over joint area; NaN where there is neither prediction nor reference."""
        return ratio(self.shared, self.joint)


@dataclass(frozen=True, slots=True)
class JaccardParts:
    """What each object adds: of reference objects their pair, of predicted ones their unused area."""

    of_reference: tuple[AggregatedJaccard, ...]
    of_predicted: tuple[AggregatedJaccard, ...]

    @property
    def total(self) -> AggregatedJaccard:
        """All parts together."""
        return sum((*self.of_reference, *self.of_predicted), AggregatedJaccard())


def jaccard_parts(
    predicted: Sequence[BaseGeometry], reference: Sequence[BaseGeometry]
) -> JaccardParts:
    """The parts of the index for valid polygons of one slide, in the order given."""
    shared: dict[int, list[tuple[int, float]]] = {}
    if predicted and reference:
        tree = shapely.STRtree(list(predicted))
        near = tree.query(list(reference), predicate="intersects")
        for r, p in zip(near[0].tolist(), near[1].tolist(), strict=True):
            area = float(reference[r].intersection(predicted[p]).area)
            if area:
                shared.setdefault(r, []).append((p, area))
    taken = set()
    of_reference = []
    for r, outline in enumerate(reference):
        best = AggregatedJaccard(0.0, float(outline.area))
        taker = None
        # The index of the tree promises no order, so ties are settled by sorting.
        for p, area in sorted(shared.get(r, ())):
            pair = AggregatedJaccard(area, float(outline.area) + float(predicted[p].area) - area)
            if taker is None or pair.index > best.index:
                best, taker = pair, p
        of_reference.append(best)
        taken.add(taker)
    unused = [0.0 if p in taken else float(o.area) for p, o in enumerate(predicted)]
    return JaccardParts(tuple(of_reference), tuple(AggregatedJaccard(0.0, area) for area in unused))
