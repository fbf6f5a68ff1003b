import math
from itertools import permutations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapely.geometry import Polygon, box

from pathoflow.metrics.objects import ObjectPair, ObjectScore, match_labels, match_polygons
from pathoflow.metrics.overlap import polygon_iou

RECTANGLES = st.lists(
    st.builds(
        lambda x, y, w, h: box(x, y, x + w, y + h),
        *[st.integers(0, 8)] * 2,
        *[st.integers(2, 7)] * 2,
    ),
    max_size=5,
)


def best_by_trying_all(
    predicted: list[Polygon], reference: list[Polygon], min_iou: float
) -> tuple[int, float]:
    """Most pairs, then highest sum of IoU, over every one-to-one matching."""
    if len(predicted) > len(reference):
        predicted, reference = reference, predicted
    best = (0, 0.0)
    for order in permutations(range(len(reference)), len(predicted)):
        ious = [polygon_iou(p, reference[r]) for p, r in zip(predicted, order, strict=True)]
        good = [v for v in ious if v >= min_iou]
        best = max(best, (len(good), sum(good)))
    return best


def test_one_found_one_missed_one_invented() -> None:
    reference = [box(0, 0, 10, 10), box(20, 20, 30, 30)]
    # 8 x 10 inside 10 x 10: IoU 0.8; the other lies elsewhere.
    predicted = [box(50, 50, 60, 60), box(0, 0, 8, 10)]

    score = match_polygons(predicted, reference)

    assert score.pairs == (ObjectPair(predicted=1, reference=0, iou=0.8),)
    assert (score.precision, score.recall, score.f1) == (0.5, 0.5, 0.5)
    assert score.mean_iou == 0.8


def test_an_iou_of_exactly_the_threshold_matches() -> None:
    reference = [box(0, 0, 10, 10)]
    assert match_polygons([box(0, 0, 5, 10)], reference, 0.5).f1 == 1
    assert match_polygons([box(0, 0, 4.99, 10)], reference, 0.5).f1 == 0


def test_two_halves_of_a_vessel_are_one_find_and_one_invention() -> None:
    score = match_polygons([box(0, 0, 5, 10), box(5, 0, 10, 10)], [box(0, 0, 10, 10)], 0.5)
    assert len(score.pairs) == 1
    assert (score.precision, score.recall) == (0.5, 1.0)


def test_more_pairs_win_over_one_better_pair() -> None:
    # Greedy by IoU would take p0-r0 (0.58) and leave p1 and r1 alone; p0-r1 and p1-r0 are two pairs.
    reference = [box(0, 0, 10, 1), box(7, 0, 14, 1)]
    predicted = [box(3, 0, 12, 1), box(0, 0, 3, 1)]
    score = match_polygons(predicted, reference, 0.3)
    ious = {(p, r): polygon_iou(predicted[p], reference[r]) for p in range(2) for r in range(2)}
    assert ious[0, 0] == pytest.approx(7 / 12)
    assert ious[0, 1] == pytest.approx(5 / 11)
    assert ious[1, 0] == pytest.approx(3 / 10)
    assert {(pair.predicted, pair.reference) for pair in score.pairs} == {(0, 1), (1, 0)}


@settings(max_examples=60, deadline=None)
@given(RECTANGLES, RECTANGLES, st.sampled_from([0.1, 0.3, 0.5]))
def test_no_matching_is_better_than_the_one_found(
    predicted: list[Polygon], reference: list[Polygon], min_iou: float
) -> None:
    score = match_polygons(predicted, reference, min_iou)
    n, total = best_by_trying_all(predicted, reference, min_iou)
    assert len(score.pairs) == n
    assert sum(pair.iou for pair in score.pairs) == pytest.approx(total)
    if predicted or reference:
        assert score.f1 == pytest.approx(2 * n / (len(predicted) + len(reference)))


@settings(max_examples=40, deadline=None)
@given(RECTANGLES, RECTANGLES)
def test_swapping_prediction_and_reference_swaps_precision_and_recall(
    one: list[Polygon], other: list[Polygon]
) -> None:
    forth, back = match_polygons(one, other, 0.3), match_polygons(other, one, 0.3)
    assert len(forth.pairs) == len(back.pairs)
    assert forth.mean_iou == pytest.approx(back.mean_iou, nan_ok=True)


def test_nothing_to_find_and_nothing_found_is_nan() -> None:
    score = match_polygons([], [])
    assert all(math.isnan(v) for v in (score.precision, score.recall, score.f1, score.mean_iou))
    assert match_polygons([box(0, 0, 1, 1)], []).precision == 0
    assert math.isnan(match_polygons([box(0, 0, 1, 1)], []).recall)


def test_scores_of_slides_add_up() -> None:
    one = ObjectScore(2, 1, (ObjectPair(0, 0, 0.6),))
    other = ObjectScore(2, 3, (ObjectPair(1, 2, 0.8),))
    both = one + other
    assert (both.precision, both.recall) == (2 / 4, 2 / 4)
    assert both.mean_iou == pytest.approx(0.7)


def test_hand_counted_labels() -> None:
    reference = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 2]])
    predicted = np.array([[7, 7, 0], [7, 0, 0], [0, 9, 9]])
    # 7 and 1 share 3 of 4 pixels; 9 and 2 share 1 of 2.
    assert match_labels(predicted, reference, 0.5).pairs == (
        ObjectPair(7, 1, 0.75),
        ObjectPair(9, 2, 0.5),
    )
    assert match_labels(predicted, reference, 0.6).pairs == (ObjectPair(7, 1, 0.75),)


LABELS = arrays(np.uint8, (6, 6), elements=st.integers(0, 3))


@settings(max_examples=60, deadline=None)
@given(LABELS, LABELS, st.permutations([1, 2, 3]))
def test_names_of_labels_do_not_matter(
    predicted: np.ndarray, reference: np.ndarray, names: list[int]
) -> None:
    renamed = np.array([0, *names], dtype=np.int64)[predicted] * 1_000_003
    one, other = match_labels(predicted, reference, 0.2), match_labels(renamed, reference, 0.2)
    assert (one.n_predicted, one.n_reference) == (other.n_predicted, other.n_reference)
    assert len(one.pairs) == len(other.pairs)
    assert one.mean_iou == pytest.approx(other.mean_iou, nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(LABELS, LABELS)
def test_labels_give_the_same_as_their_outlines(
    predicted: np.ndarray, reference: np.ndarray
) -> None:
    def outlines(labels: np.ndarray) -> list[Polygon]:
        return [
            shapely.union_all([box(x, y, x + 1, y + 1) for y, x in np.argwhere(labels == label)])
            for label in np.unique(labels[labels > 0])
        ]

    by_pixel = match_labels(predicted, reference, 0.25)
    by_outline = match_polygons(outlines(predicted), outlines(reference), 0.25)
    assert len(by_pixel.pairs) == len(by_outline.pairs)
    assert by_pixel.mean_iou == pytest.approx(by_outline.mean_iou, nan_ok=True)


def test_wrong_input_is_refused() -> None:
    with pytest.raises(ValueError, match="min_iou"):
        match_polygons([], [], 0)
    with pytest.raises(ValueError, match="do not match"):
        match_labels(np.zeros((2, 2), int), np.zeros((3, 2), int))
