from __future__ import annotations

import numpy as np

from pathoflow.space import from_xy, to_xy


def test_rows_of_yx_become_rows_of_xy() -> None:
    assert to_xy(np.array([[1.0, 2.0], [3.0, 4.0]])).tolist() == [[2.0, 1.0], [4.0, 3.0]]


def test_there_and_back_changes_nothing() -> None:
    yx = np.random.default_rng(0).normal(size=(7, 2))
    assert np.array_equal(from_xy(to_xy(yx)), yx)


def test_the_result_is_memory_of_its_own() -> None:
    yx = np.array([[1.0, 2.0]])
    to_xy(yx)[:] = 9
    assert yx.tolist() == [[1.0, 2.0]]
