import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapely.geometry import Polygon, box

from pathoflow.metrics.overlap import (
    ClassConfusion,
    PixelConfusion,
    dice,
    iou,
    polygon_iou,
    ratio,
)

MASKS = arrays(np.bool_, (4, 5))


def test_a_hand_counted_pair_of_masks() -> None:
    predicted = np.array([[1, 1, 0], [1, 0, 0]], dtype=bool)
    reference = np.array([[1, 0, 0], [1, 1, 0]], dtype=bool)

    counts = PixelConfusion.of(predicted, reference)

    # Both: 2; only predicted: 1; only reference: 1; neither: 2.
    assert counts == PixelConfusion(tp=2, fp=1, fn=1, tn=2)
    assert counts.iou == pytest.approx(2 / 4)
    assert counts.dice == pytest.approx(4 / 6)
    assert counts.precision == pytest.approx(2 / 3)
    assert counts.recall == pytest.approx(2 / 3)
    assert counts.accuracy == pytest.approx(4 / 6)


def test_pixels_that_are_not_valid_do_not_count() -> None:
    predicted = np.array([True, True, False, False])
    reference = np.array([True, False, True, False])
    valid = np.array([True, False, True, False])

    assert PixelConfusion.of(predicted, reference, valid) == PixelConfusion(1, 0, 1, 0)


def test_nothing_against_nothing_is_nan_and_never_a_perfect_score() -> None:
    nothing = np.zeros((3, 3), dtype=bool)
    assert math.isnan(iou(nothing, nothing))
    assert math.isnan(dice(nothing, nothing))
    assert math.isnan(ratio(0, 0))


def test_masks_must_be_boolean_and_of_one_shape() -> None:
    mask = np.zeros((2, 2), dtype=bool)
    with pytest.raises(ValueError, match="do not match"):
        PixelConfusion.of(mask, np.zeros((2, 3), dtype=bool))
    with pytest.raises(ValueError, match="apply a threshold"):
        PixelConfusion.of(mask, np.zeros((2, 2)))  # type: ignore[arg-type]


@given(MASKS, MASKS, st.integers(0, 4), st.integers(0, 5))
def test_blocks_add_up_to_the_whole(
    predicted: np.ndarray, reference: np.ndarray, y: int, x: int
) -> None:
    quarters = [
        (rows, columns)
        for rows in (slice(0, y), slice(y, None))
        for columns in (slice(0, x), slice(x, None))
    ]
    added = sum((PixelConfusion.of(predicted[q], reference[q]) for q in quarters), PixelConfusion())
    assert added == PixelConfusion.of(predicted, reference)


@given(MASKS, MASKS)
def test_iou_and_dice_are_symmetric_bounded_and_tied_by_their_formula(
    one: np.ndarray, other: np.ndarray
) -> None:
    if not (one | other).any():
        return
    j, d = iou(one, other), dice(one, other)
    assert j == iou(other, one)
    assert d == dice(other, one)
    assert 0 <= j <= d <= 1
    assert d == pytest.approx(2 * j / (1 + j))
    # The sets themselves, written out.
    a, b = set(np.flatnonzero(one)), set(np.flatnonzero(other))
    assert j == pytest.approx(len(a & b) / len(a | b))


def test_classes_are_counted_with_the_reference_in_rows() -> None:
    confusion = ClassConfusion(3)
    confusion.add(np.array([0, 1, 1], dtype=np.uint8), np.array([0, 1, 2], dtype=np.uint8))
    confusion.add(np.array([[2]]), np.array([[2]]))

    assert confusion.counts.tolist() == [[1, 0, 0], [0, 1, 0], [0, 1, 1]]
    assert confusion.of_class(1) == PixelConfusion(tp=1, fp=1, fn=0, tn=2)
    # IoU 1, 1/2 and 1/2.
    assert confusion.mean_iou == pytest.approx(2 / 3)


def test_a_class_that_never_occurs_leaves_the_mean_alone() -> None:
    confusion = ClassConfusion(5)
    confusion.add(np.array([0, 0]), np.array([0, 0]))
    assert confusion.mean_iou == 1.0
    assert math.isnan(ClassConfusion(2).mean_iou)


def test_a_class_number_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="0 to 1"):
        ClassConfusion(2).add(np.array([2]), np.array([0]))
    with pytest.raises(ValueError, match="do not match"):
        ClassConfusion(2).add(np.array([1, 1]), np.array([0]))
    with pytest.raises(ValueError, match="at least one class"):
        ClassConfusion(0)


def test_two_squares_that_share_a_quarter() -> None:
    # 2 x 2 each, sharing 1 x 1: 1 / (4 + 4 - 1).
    assert polygon_iou(box(0, 0, 2, 2), box(1, 1, 3, 3)) == pytest.approx(1 / 7)
    assert polygon_iou(box(0, 0, 1, 1), box(5, 5, 6, 6)) == 0
    assert math.isnan(polygon_iou(Polygon(), Polygon()))


@given(*[st.tuples(*[st.integers(0, 20)] * 2, *[st.integers(1, 9)] * 2)] * 2)
def test_rectangles_agree_with_the_same_rectangles_as_pixels(
    one: tuple[int, int, int, int], other: tuple[int, int, int, int]
) -> None:
    def pixels(rectangle: tuple[int, int, int, int]) -> np.ndarray:
        x, y, width, height = rectangle
        mask = np.zeros((30, 30), dtype=bool)
        mask[y : y + height, x : x + width] = True
        return mask

    def outline(rectangle: tuple[int, int, int, int]) -> Polygon:
        x, y, width, height = rectangle
        return box(x, y, x + width, y + height)

    assert polygon_iou(outline(one), outline(other)) == pytest.approx(
        iou(pixels(one), pixels(other))
    )
