"""Which candidates hit which reference vessels of one slide.

A candidate **hits** a reference vessel if its centroid lies in it or their IoU is at least 0.1. A second
candidate on a vessel already found is neither a find nor a false positive.

References that nobody can be sure of (equivocal veins) are the class to **ignore**: a candidate that
hits none but these is neither right nor wrong, and missing them costs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from pathoflow.metrics.overlap import polygon_iou

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
    #: Candidates that hit nothing but ignored references; all False where empty.
    ignored: tuple[bool, ...] = ()
    #: Tissue on the slide; NaN where unknown, and then there are no rates per area.
    tissue_cm2: float = math.nan

    def __post_init__(self) -> None:
        if not self.ignored:
            object.__setattr__(self, "ignored", (False,) * len(self.scores))

    @classmethod
    def of(
        cls,
        candidates: Sequence[Candidate],
        reference: Sequence[BaseGeometry],
        ignored: Sequence[BaseGeometry] = (),
        min_iou: float = HIT_IOU,
        tissue_cm2: float = math.nan,
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
        outlines = [candidate.outline for candidate in candidates]
        hits = _hits(outlines, reference, min_iou)
        doubtful = _hits(outlines, ignored, min_iou)
        return cls(
            tuple(candidate.score for candidate in candidates),
            hits,
            len(reference),
            tuple(not hit and bool(doubt) for hit, doubt in zip(hits, doubtful, strict=True)),
            tissue_cm2,
        )

    @property
    def is_false(self) -> tuple[bool, ...]:
        """Which candidates hit nothing at all, not even an ignored reference."""
        return tuple(
            not hit and not ignored for hit, ignored in zip(self.hits, self.ignored, strict=True)
        )


def _hits(
    outlines: Sequence[BaseGeometry], reference: Sequence[BaseGeometry], min_iou: float
) -> tuple[frozenset[int], ...]:
    tree = shapely.STRtree(list(reference))
    found = []
    for outline in outlines:
        # The centroid of a crescent lies outside of it, so it is looked up on its own.
        centroid = outline.centroid
        near = {*tree.query(outline).tolist(), *tree.query(centroid).tolist()}
        found.append(
            frozenset(
                index
                for index in near
                if reference[index].intersects(centroid)
                or polygon_iou(outline, reference[index]) >= min_iou
            )
        )
    return tuple(found)
