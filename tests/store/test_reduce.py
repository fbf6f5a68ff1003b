from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from pathoflow.store.reduce import halve_by_majority, halve_by_mean

sizes = array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=7)


def squares(pixels: np.ndarray):
    """Index of every halved pixel, and the one to four pixels it stands for, top left first."""
    height, width = pixels.shape[-2:]
    for index in np.ndindex(*pixels.shape[:-2], math.ceil(height / 2), math.ceil(width / 2)):
        *front, y, x = index
        yield (
            index,
            pixels[(*front, slice(2 * y, 2 * y + 2), slice(2 * x, 2 * x + 2))].ravel().tolist(),
        )


@settings(deadline=None, max_examples=40)
@given(arrays(np.uint8, sizes))
def test_the_mean_is_over_the_pixels_that_exist_rounded_half_up(pixels: np.ndarray) -> None:
    halved = halve_by_mean(pixels)
    assert halved.dtype == np.uint8
    for index, square in squares(pixels):
        assert halved[index] == math.floor(sum(square) / len(square) + 0.5)


def test_the_mean_of_fractions_is_not_rounded() -> None:
    halved = halve_by_mean(np.array([[0.0, 0.25], [0.5, 1.0]], dtype=np.float32))
    assert halved.dtype == np.float32
    assert halved.tolist() == [[0.4375]]


@pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.uint32])
def test_large_values_do_not_overflow(dtype: type[np.integer]) -> None:
    top = np.iinfo(dtype).max
    assert halve_by_mean(np.full((2, 2), top, dtype=dtype)).item() == top


@settings(deadline=None, max_examples=40)
@given(arrays(np.uint32, sizes, elements=st.integers(0, 3)))
def test_the_majority_is_a_most_frequent_value_and_ties_go_to_the_top_left(
    labels: np.ndarray,
) -> None:
    halved = halve_by_majority(labels)
    assert halved.dtype == np.uint32
    for index, square in squares(labels):
        counts = Counter(square)
        # Counter keeps the order of first appearance: top left, top right, bottom left, bottom right.
        assert halved[index] == max(counts, key=lambda value: counts[value])


@settings(deadline=None, max_examples=40)
@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6)))
def test_no_label_is_invented(labels: np.ndarray) -> None:
    assert set(halve_by_majority(labels).ravel()) <= set(labels.ravel())
