"""How well scored candidates find the reference positives: sensitivity against false positives per slide.

A candidate **hits** a reference vessel if its centroid lies in it or their IoU is at least 0.1. With all
candidates of at least a threshold:

    sensitivity = reference vessels hit by any candidate / reference vessels
    FP per slide = candidates that hit no reference vessel / slides

A second candidate on a vessel already found is neither a find nor a false positive. The curve of both
over all thresholds is the free-response ROC (FROC).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from pathoflow.metrics.overlap import polygon_iou, ratio

#: IoU from which a candidate hits, wherever its centroid lies.
HIT_IOU = 0.1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A predicted outline with its score; a higher score is more suspicious."""

    outline: BaseGeometry
    score: float


@dataclass(frozen=True, slots=True)
class SlideHits:
    """The candidates of one slide, each with its score and the reference vessels it hits."""

    scores: tuple[float, ...]
    hits: tuple[frozenset[int], ...]
    n_reference: int

    @classmethod
    def of(
        cls,
        candidates: Sequence[Candidate],
        reference: Sequence[BaseGeometry],
        min_iou: float = HIT_IOU,
    ) -> SlideHits:
        """Find out which candidate hits which reference vessel; outlines are valid polygons.

        Raises
        ------
        ValueError
            If a score is NaN, which no threshold can order.
        """
        for candidate in candidates:
            if candidate.score != candidate.score:
                raise ValueError("a candidate's score is NaN; drop or score it")
        tree = shapely.STRtree(list(reference))
        hits = []
        for candidate in candidates:
            outline = candidate.outline
            # The centroid of a crescent lies outside of it, so it is looked up on its own.
            near = {*tree.query(outline).tolist(), *tree.query(outline.centroid).tolist()}
            hits.append(
                frozenset(
                    index
                    for index in near
                    if reference[index].intersects(outline.centroid)
                    or polygon_iou(outline, reference[index]) >= min_iou
                )
            )
        return cls(tuple(c.score for c in candidates), tuple(hits), len(reference))


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """What a threshold gives over all slides; candidates of exactly the threshold are in."""

    threshold: float
    n_found: int
    n_reference: int
    n_false: int
    n_slides: int

    @property
    def sensitivity(self) -> float:
        """Reference vessels found; NaN where there is none."""
        return ratio(self.n_found, self.n_reference)

    @property
    def false_per_slide(self) -> float:
        """False positives per slide; NaN without slides."""
        return ratio(self.n_false, self.n_slides)


def score_at(slides: Sequence[SlideHits], threshold: float) -> OperatingPoint:
    """Count finds and false positives over slides at one threshold."""
    n_found = n_false = 0
    for slide in slides:
        kept = [
            hit for score, hit in zip(slide.scores, slide.hits, strict=True) if score >= threshold
        ]
        n_found += len(frozenset[int]().union(*kept))
        n_false += sum(not hit for hit in kept)
    n_reference = sum(slide.n_reference for slide in slides)
    return OperatingPoint(threshold, n_found, n_reference, n_false, len(slides))


def froc(slides: Sequence[SlideHits]) -> list[OperatingPoint]:
    """All operating points, from a threshold that lets nothing through down to the lowest score.

    Candidates of one score enter together, so the curve does not depend on their order.
    """
    ranked = sorted(
        (
            (score, number, hit)
            for number, slide in enumerate(slides)
            for score, hit in zip(slide.scores, slide.hits, strict=True)
        ),
        key=lambda entry: -entry[0],
    )
    n_reference = sum(slide.n_reference for slide in slides)
    points = [OperatingPoint(float("inf"), 0, n_reference, 0, len(slides))]
    found: set[tuple[int, int]] = set()
    n_false = 0
    for place, (score, number, hit) in enumerate(ranked):
        found.update((number, index) for index in hit)
        n_false += not hit
        if place + 1 == len(ranked) or ranked[place + 1][0] != score:
            points.append(OperatingPoint(score, len(found), n_reference, n_false, len(slides)))
    return points


def best_point(
    points: Sequence[OperatingPoint], max_false_per_slide: float = 2.0
) -> OperatingPoint:
    """The most sensitive point of a FROC with at most that many false positives per slide.

    No point is interpolated: the threshold returned is one that can be set. Of equally sensitive points
    the one with fewer false positives is taken.

    Raises
    ------
    ValueError
        If no point qualifies, which a curve from `froc` over at least one slide rules out.
    """
    allowed = [point for point in points if point.false_per_slide <= max_false_per_slide]
    if not allowed:
        raise ValueError(f"no operating point has at most {max_false_per_slide:g} false per slide")
    return max(allowed, key=lambda point: (point.n_found, -point.n_false, point.threshold))
