import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box
from sklearn.metrics import roc_curve

from pathoflow.metrics.detection import Candidate, SlideHits
from pathoflow.metrics.froc import (
    FrocEvents,
    OperatingPoint,
    best_point,
    froc_curve,
    score_at,
)

MISS = frozenset[int]()
THRESHOLDS = (0.1, 0.3, 0.5, 0.9)
SLIDES = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(THRESHOLDS),
            st.frozensets(st.integers(0, 2), max_size=2),
            st.booleans(),
        ),
        max_size=6,
    ).map(
        lambda found: SlideHits(
            tuple(s for s, _, _ in found),
            tuple(h for _, h, _ in found),
            3,
            tuple(not h and ignored for _, h, ignored in found),
            0.5,
        )
    ),
    min_size=1,
    max_size=3,
)


def test_a_miss_is_a_false_positive_and_a_second_hit_is_nothing() -> None:
    vessels = [box(0, 0, 10, 10), box(100, 0, 110, 10)]
    slide = SlideHits.of(
        [
            Candidate(box(0, 0, 10, 10), 0.9),
            Candidate(box(1, 1, 9, 9), 0.8),
            Candidate(box(50, 50, 60, 60), 0.7),
            Candidate(box(100, 0, 110, 10), 0.2),
        ],
        vessels,
    )
    point = score_at([slide], 0.5)
    assert (point.n_found, point.n_false) == (1, 1)
    assert point.sensitivity == 0.5
    assert point.false_per_slide == 1.0
    assert score_at([slide], 0.2).sensitivity == 1.0
    assert score_at([slide], 0.9).n_found == 1


def test_a_hand_drawn_curve_and_its_best_point_at_two_false_per_slide() -> None:
    first = SlideHits((0.9, 0.8, 0.6), (frozenset({0}), MISS, frozenset({1})), 2)
    second = SlideHits((0.7, 0.5, 0.4, 0.3, 0.2), (MISS, MISS, MISS, MISS, frozenset({0})), 1)

    curve = [(p.threshold, p.n_found, p.n_false) for p in froc_curve([first, second])]

    assert curve == [
        (math.inf, 0, 0),
        (0.9, 1, 0),
        (0.8, 1, 1),
        (0.7, 1, 2),
        (0.6, 2, 2),
        (0.5, 2, 3),
        (0.4, 2, 4),
        (0.3, 2, 5),
        (0.2, 3, 5),
    ]
    # Two per slide are four on two slides; of the points with two finds 0.6 has the fewest false.
    best = best_point(froc_curve([first, second]), 2.0)
    assert (best.threshold, best.sensitivity, best.false_per_slide) == (0.6, 2 / 3, 1.0)
    assert best_point(froc_curve([first, second]), 2.5).sensitivity == 1.0
    assert best_point(froc_curve([first, second]), 0.0).threshold == 0.9


def test_rates_per_slide_and_per_cm2_differ_by_the_tissue() -> None:
    """Four false positives on two slides of 2 cm²: two per slide are one per cm²."""
    one = SlideHits((0.9, 0.8, 0.7), (MISS, MISS, frozenset({0})), 1, tissue_cm2=2.0)
    other = SlideHits((0.9, 0.8, 0.6), (MISS, MISS, frozenset({0})), 1, tissue_cm2=2.0)
    events = FrocEvents.of([[one], [other]])
    per_slide, per_cm2 = events.sensitivities(np.ones(2, np.int64), (0.5, 1.0, 2.0))
    assert per_slide == [0.0, 0.0, 1.0]
    assert per_cm2 == [0.0, 1.0, 1.0]
    assert froc_curve([one, other])[-1].false_per_cm2 == 1.0


def test_without_the_area_there_is_no_rate_per_area() -> None:
    slide = SlideHits((0.9,), (frozenset({0}),), 1)
    per_slide, per_cm2 = FrocEvents.of([[slide]]).sensitivities(np.ones(1, np.int64), (1.0,))
    assert per_slide == [1.0]
    assert math.isnan(per_cm2[0])


def test_candidates_of_one_score_enter_together() -> None:
    slide = SlideHits((0.5, 0.5), (frozenset({0}), MISS), 1)
    assert [(p.n_found, p.n_false) for p in froc_curve([slide])] == [(0, 0), (1, 1)]


def test_one_candidate_per_vessel_is_a_plain_roc() -> None:
    """Where each candidate hits a vessel of its own or none, the counts are those of a ROC."""
    rng = np.random.default_rng(2)
    truth = rng.random(60) < 0.4
    scores = np.round(rng.random(60), 2)
    slide = SlideHits(
        tuple(scores.tolist()),
        tuple(frozenset({i}) if t else MISS for i, t in enumerate(truth)),
        int(truth.sum()),
    )
    false, true, thresholds = roc_curve(truth, scores, drop_intermediate=False)
    points = froc_curve([slide])
    assert [p.threshold for p in points] == pytest.approx(thresholds.tolist())
    assert [p.sensitivity for p in points] == pytest.approx(true.tolist())
    assert [p.n_false / (~truth).sum() for p in points] == pytest.approx(false.tolist())


@given(SLIDES)
@settings(max_examples=40)
def test_every_point_of_the_curve_is_what_its_threshold_gives(slides: list[SlideHits]) -> None:
    points = froc_curve(slides)
    assert [score_at(slides, point.threshold) for point in points] == points
    for one, other in pairwise(points):
        assert one.threshold > other.threshold
        assert one.n_found <= other.n_found
        assert one.n_false <= other.n_false


@given(SLIDES, st.sampled_from([0.0, 0.5, 1.0, 2.0]))
@settings(max_examples=40)
def test_no_threshold_beats_the_best_point(slides: list[SlideHits], limit: float) -> None:
    best = best_point(froc_curve(slides), limit)
    assert best.false_per_slide <= limit
    for threshold in THRESHOLDS:
        point = score_at(slides, threshold)
        if point.false_per_slide <= limit:
            assert point.sensitivity <= best.sensitivity
    (at,), _ = FrocEvents.of([slides]).sensitivities(np.ones(1, np.int64), (limit,))
    assert at == best.sensitivity


@given(SLIDES, st.data())
@settings(max_examples=40)
def test_a_case_taken_twice_counts_as_two_cases(
    slides: list[SlideHits], data: st.DataObject
) -> None:
    times = data.draw(
        st.lists(st.integers(0, 2), min_size=len(slides), max_size=len(slides)).filter(any)
    )
    drawn = [slide for slide, n in zip(slides, times, strict=True) for _ in range(n)]
    events = FrocEvents.of([[slide] for slide in slides])
    whole = FrocEvents.of([[slide] for slide in drawn])
    assert events.sensitivities(np.array(times)) == whole.sensitivities(
        np.ones(len(drawn), np.int64)
    )


def test_without_reference_slides_or_candidates_there_is_no_number() -> None:
    assert math.isnan(score_at([SlideHits((), (), 0)], 0.5).sensitivity)
    assert math.isnan(score_at([], 0.5).false_per_slide)
    per_slide, _ = FrocEvents.of([[SlideHits((), (), 0)]]).sensitivities(np.ones(1, np.int64))
    assert all(math.isnan(value) for value in per_slide)
    per_slide, _ = FrocEvents.of([[SlideHits((), (), 2)]]).sensitivities(np.ones(1, np.int64))
    assert per_slide == [0.0] * 6
    with pytest.raises(ValueError, match="no operating point"):
        best_point([OperatingPoint(0.5, 1, 1, 9, 1)], 2.0)


def test_where_all_references_are_equivocal_nothing_is_false() -> None:
    slide = SlideHits((0.9, 0.8), (MISS, MISS), 0, (True, True), 1.0)
    point = score_at([slide], 0.5)
    assert point.n_false == 0
    assert math.isnan(point.sensitivity)
