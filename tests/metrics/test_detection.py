import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from pathoflow.metrics.detection import (
    Candidate,
    OperatingPoint,
    SlideHits,
    best_point,
    froc,
    score_at,
)

SLIDES = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from([0.1, 0.3, 0.5, 0.9]),
            st.frozensets(st.integers(0, 2), max_size=2),
        ),
        max_size=6,
    ).map(lambda found: SlideHits(tuple(s for s, _ in found), tuple(h for _, h in found), 3)),
    min_size=1,
    max_size=3,
)


def hits(candidate: Polygon, reference: Polygon) -> bool:
    return SlideHits.of([Candidate(candidate, 1.0)], [reference]).hits[0] == {0}


def test_a_small_candidate_hits_by_its_centroid() -> None:
    # 1 of 10,000 parts of the vessel, IoU 0.0001, but inside of it.
    assert hits(box(50, 50, 51, 51), box(0, 0, 100, 100))


def test_a_candidate_beside_its_centroid_hits_from_an_iou_of_a_tenth() -> None:
    vessel = box(0, 0, 10, 1)
    # Centroid outside at x > 10; shares s of 10 + 12 - s, a tenth at s = 2.
    assert hits(box(8, 0, 20, 1), vessel)
    assert not hits(box(8.01, 0, 20.01, 1), vessel)


def test_a_crescent_hits_the_vessel_it_bends_around_only_by_overlap() -> None:
    crescent = box(0, 0, 30, 30).difference(box(3, 3, 30, 27))
    assert not hits(crescent, box(25, 25, 26, 26))


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
    miss: frozenset[int] = frozenset()
    first = SlideHits((0.9, 0.8, 0.6), (frozenset({0}), miss, frozenset({1})), 2)
    second = SlideHits((0.7, 0.5, 0.4, 0.3, 0.2), (miss, miss, miss, miss, frozenset({0})), 1)

    curve = [(p.threshold, p.n_found, p.n_false) for p in froc([first, second])]

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
    best = best_point(froc([first, second]), 2.0)
    assert (best.threshold, best.sensitivity, best.false_per_slide) == (0.6, 2 / 3, 1.0)
    assert best_point(froc([first, second]), 2.5).sensitivity == 1.0
    assert best_point(froc([first, second]), 0.0).threshold == 0.9


def test_candidates_of_one_score_enter_together() -> None:
    slide = SlideHits((0.5, 0.5), (frozenset({0}), frozenset()), 1)
    assert [(p.n_found, p.n_false) for p in froc([slide])] == [(0, 0), (1, 1)]


@given(SLIDES)
def test_every_point_of_the_curve_is_what_its_threshold_gives(slides: list[SlideHits]) -> None:
    points = froc(slides)
    assert [score_at(slides, point.threshold) for point in points] == points
    for one, other in pairwise(points):
        assert one.threshold > other.threshold
        assert one.n_found <= other.n_found
        assert one.n_false <= other.n_false


@given(SLIDES, st.sampled_from([0.0, 0.5, 1.0, 2.0]))
def test_no_threshold_beats_the_best_point(slides: list[SlideHits], limit: float) -> None:
    best = best_point(froc(slides), limit)
    assert best.false_per_slide <= limit
    for threshold in (0.1, 0.3, 0.5, 0.9):
        point = score_at(slides, threshold)
        if point.false_per_slide <= limit:
            assert point.sensitivity <= best.sensitivity


def test_without_reference_or_slides_there_is_no_number() -> None:
    assert math.isnan(score_at([SlideHits((), (), 0)], 0.5).sensitivity)
    assert math.isnan(score_at([], 0.5).false_per_slide)
    with pytest.raises(ValueError, match="no operating point"):
        best_point([OperatingPoint(0.5, 1, 1, 9, 1)], 2.0)


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="NaN"):
        SlideHits.of([Candidate(box(0, 0, 1, 1), float("nan"))], [])
