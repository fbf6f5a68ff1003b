from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pathoflow.vessels.faces import touching

lines = st.integers(1, 8).flatmap(
    lambda n: st.tuples(
        arrays(np.int64, n, elements=st.integers(0, 3)),
        arrays(np.int64, n, elements=st.integers(0, 3)),
    )
)


def as_set(pairs: np.ndarray) -> set[tuple[int, int]]:
    assert pairs.shape[1:] == (2,)
    rows = [tuple(int(v) for v in row) for row in pairs]
    assert len(rows) == len(set(rows)), "every pair once"
    return set(rows)


@given(lines)
def test_pixels_that_face_each_other_touch(pair: tuple[np.ndarray, np.ndarray]) -> None:
    one, other = pair
    expected = {(int(a), int(b)) for a, b in zip(one, other, strict=True) if a and b}
    assert as_set(touching(one, other, diagonal=False)) == expected


@given(lines)
def test_with_diagonals_those_one_step_along_touch_too(
    pair: tuple[np.ndarray, np.ndarray],
) -> None:
    one, other = pair
    expected = {
        (int(one[i]), int(other[j]))
        for i in range(len(one))
        for j in (i - 1, i, i + 1)
        if 0 <= j < len(other) and one[i] and other[j]
    }
    assert as_set(touching(one, other, diagonal=True)) == expected
