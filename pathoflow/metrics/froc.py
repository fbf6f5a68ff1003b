"""Sensitivity against false positives: the free-response ROC (FROC) and its usual points.

With all candidates of at least a threshold:

    sensitivity = reference vessels hit by any candidate / reference vessels
    FP per slide = candidates that hit no reference vessel / slides
    FP per cm² = the same / area of tissue

What counts as a hit, and what is ignored, says `pathoflow.metrics.detection`. The curve is a staircase:
no point is interpolated, so every sensitivity named can be had with a threshold that can be set.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathoflow.metrics.detection import SlideHits
from pathoflow.metrics.overlap import ratio

#: False positives per slide, and per cm² of tissue, at which the field reports sensitivity.
FALSE_RATES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)

#: A rate times an area may fall short of a whole number by rounding alone.
_SLACK = 1 + 1e-9


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """What a threshold gives over all slides; candidates of exactly the threshold are in."""

    threshold: float
    n_found: int
    n_reference: int
    n_false: int
    n_slides: int
    tissue_cm2: float = math.nan

    @property
    def sensitivity(self) -> float:
        """Reference vessels found; NaN where there is none."""
        return ratio(self.n_found, self.n_reference)

    @property
    def false_per_slide(self) -> float:
        """False positives per slide; NaN without slides."""
        return ratio(self.n_false, self.n_slides)

    @property
    def false_per_cm2(self) -> float:
        """False positives per cm² of tissue; NaN where the area is unknown."""
        return ratio(self.n_false, self.tissue_cm2)


def score_at(slides: Sequence[SlideHits], threshold: float) -> OperatingPoint:
    """Count finds and false positives over slides at one threshold."""
    n_found = n_false = 0
    for slide in slides:
        kept = [score >= threshold for score in slide.scores]
        hits = [hit for hit, is_in in zip(slide.hits, kept, strict=True) if is_in]
        n_found += len(frozenset[int]().union(*hits))
        n_false += sum(f and is_in for f, is_in in zip(slide.is_false, kept, strict=True))
    return OperatingPoint(threshold, n_found, _n_reference(slides), n_false, *_extent(slides))


def froc_curve(slides: Sequence[SlideHits]) -> list[OperatingPoint]:
    """All operating points, from a threshold that lets nothing through down to the lowest score.

    Candidates of one score enter together, so the curve does not depend on their order.
    """
    curve = FrocEvents.of([[slide] for slide in slides])
    n_found, n_false = curve.counts(np.ones(len(slides), np.int64))
    shared = _n_reference(slides), _extent(slides)
    return [
        OperatingPoint(float(threshold), int(found), shared[0], int(false), *shared[1])
        for threshold, found, false in zip(curve.thresholds, n_found, n_false, strict=True)
    ]


def best_point(
    points: Sequence[OperatingPoint], max_false_per_slide: float = 2.0
) -> OperatingPoint:
    """The most sensitive point of a FROC with at most that many false positives per slide.

    No point is interpolated: the threshold returned is one that can be set. Of equally sensitive points
    the one with fewer false positives is taken.

    Raises
    ------
    ValueError
        If no point qualifies, which a curve from `froc_curve` over at least one slide rules out.
    """
    allowed = [point for point in points if point.false_per_slide <= max_false_per_slide]
    if not allowed:
        raise ValueError(f"no operating point has at most {max_false_per_slide:g} false per slide")
    return max(allowed, key=lambda point: (point.n_found, -point.n_false, point.threshold))


@dataclass(frozen=True, eq=False, slots=True)
class FrocEvents:
    """The FROC of many cases as events, so that resampled cases cost only additions.

    An event is the place of its threshold and the case it happens in: shape ``(2, events)``.
    """

    #: Falling; the first is infinite and lets nothing through.
    thresholds: NDArray[np.float64]
    #: A reference vessel is found for the first time.
    found: NDArray[np.int64]
    #: A false positive comes in.
    false: NDArray[np.int64]
    #: Per case.
    n_reference: NDArray[np.int64]
    n_slides: NDArray[np.int64]
    tissue_cm2: NDArray[np.float64]

    @classmethod
    def of(cls, cases: Sequence[Sequence[SlideHits]]) -> FrocEvents:
        """Sort the candidates of all slides of all cases by score."""
        scores = {score for slides in cases for slide in slides for score in slide.scores}
        thresholds = [math.inf, *sorted(scores, reverse=True)]
        place = {score: index for index, score in enumerate(thresholds)}
        found: list[tuple[int, int]] = []
        false: list[tuple[int, int]] = []
        for case, slides in enumerate(cases):
            for slide in slides:
                found += [(place[score], case) for score in _first_scores(slide)]
                false += [
                    (place[score], case)
                    for score, is_false in zip(slide.scores, slide.is_false, strict=True)
                    if is_false
                ]
        return cls(
            np.array(thresholds),
            np.array(found, np.int64).reshape(-1, 2).T,
            np.array(false, np.int64).reshape(-1, 2).T,
            np.array([_n_reference(slides) for slides in cases], np.int64),
            np.array([len(slides) for slides in cases], np.int64),
            np.array([_extent(slides)[1] for slides in cases], np.float64),
        )

    def counts(self, times: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Reference vessels found and false positives at every threshold.

        ``times`` says how often each case is taken.
        """
        return self._reached(self.found, times), self._reached(self.false, times)

    def _reached(self, events: NDArray[np.int64], times: NDArray[np.int64]) -> NDArray[np.int64]:
        weights = times[events[1]]
        steps = np.bincount(events[0], weights, len(self.thresholds))
        # Weights turn counts into floats, which hold whole numbers exactly.
        return np.cumsum(steps).astype(np.int64)

    def sensitivities(
        self, times: NDArray[np.int64], rates: Sequence[float] = FALSE_RATES
    ) -> tuple[list[float], list[float]]:
        """Sensitivity at the given false positives per slide, and per cm² of tissue.

        NaN without reference vessels, and per cm² where the tissue of a case is unknown.
        """
        found, false = self.counts(times)
        n_reference = float(self.n_reference @ times)
        # Cases that were not drawn do not matter, even where their area is unknown.
        extents = (
            float(self.n_slides @ times),
            float((self.tissue_cm2[times > 0] * times[times > 0]).sum()),
        )

        def at(rate: float, extent: float) -> float:
            if math.isnan(extent):
                return math.nan
            last = int(np.searchsorted(false, rate * extent * _SLACK, side="right")) - 1
            return ratio(float(found[last]), n_reference)

        return [at(rate, extents[0]) for rate in rates], [at(rate, extents[1]) for rate in rates]


def _first_scores(slide: SlideHits) -> list[float]:
    """The highest score with which each reference vessel that is found is found."""
    first: dict[int, float] = {}
    for score, hit in zip(slide.scores, slide.hits, strict=True):
        for index in hit:
            first[index] = max(score, first.get(index, -math.inf))
    return list(first.values())


def _n_reference(slides: Sequence[SlideHits]) -> int:
    return sum(slide.n_reference for slide in slides)


def _extent(slides: Sequence[SlideHits]) -> tuple[int, float]:
    """Number of slides, and their tissue in cm²."""
    return len(slides), math.fsum(slide.tissue_cm2 for slide in slides)
