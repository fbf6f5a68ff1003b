"""What a reader gets from the first pictures of a gallery: how many are right, and whether one is.

The candidates of a case, over all its slides, are ranked by falling score; equal scores keep the order
given. Of the first ``k``:

    PPV = pictures that show an invaded vessel / pictures less those of ignored references
    case sensitivity = cases with such a picture / cases with an invaded vessel at all

Two pictures of one vessel are both right, because the reader sees invasion on both. Where a case has
fewer than ``k`` candidates, all of them are meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pathoflow.metrics.detection import SlideHits
from pathoflow.metrics.overlap import ratio

#: Lengths of gallery for which the share of right pictures is reported.
PPV_LENGTHS = (10, 20)
#: Lengths within which a case with invasion should show one.
FOUND_WITHIN = (1, 3, 5, 10, 20)


@dataclass(frozen=True, slots=True)
class GalleryScore:
    """Counts over the first pictures of cases; cases are added up with ``+``."""

    n_shown: int = 0
    n_true: int = 0
    n_ignored: int = 0
    n_positive_cases: int = 0
    """Cases with a reference vessel."""
    n_found_cases: int = 0
    """Of these, cases that show one of them."""

    def __add__(self, other: GalleryScore) -> GalleryScore:
        return GalleryScore(
            self.n_shown + other.n_shown,
            self.n_true + other.n_true,
            self.n_ignored + other.n_ignored,
            self.n_positive_cases + other.n_positive_cases,
            self.n_found_cases + other.n_found_cases,
        )

    @property
    def ppv(self) -> float:
        """Share of right pictures; NaN where nothing is shown but ignored references."""
        return ratio(self.n_true, self.n_shown - self.n_ignored)

    @property
    def case_sensitivity(self) -> float:
        """Share of cases with invasion that show it; NaN without such a case."""
        return ratio(self.n_found_cases, self.n_positive_cases)


def score_gallery(slides: Sequence[SlideHits], k: int) -> GalleryScore:
    """The first ``k`` pictures of one case.

    Raises
    ------
    ValueError
        If ``k`` is below 1.
    """
    if k < 1:
        raise ValueError(f"a gallery has at least one picture, got k = {k}")
    pictures = [
        (score, bool(hit), ignored)
        for slide in slides
        for score, hit, ignored in zip(slide.scores, slide.hits, slide.ignored, strict=True)
    ]
    shown = sorted(pictures, key=lambda picture: -picture[0])[:k]
    n_true = sum(is_true for _, is_true, _ in shown)
    is_positive = any(slide.n_reference for slide in slides)
    return GalleryScore(
        len(shown),
        n_true,
        sum(ignored for _, _, ignored in shown),
        int(is_positive),
        int(is_positive and n_true > 0),
    )
