import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from pathoflow.metrics.agreement import Weights, cohen_kappa, rating_table

GRADES = ("M0", "M1", "M2a", "M2b")
PAIRS = st.lists(st.tuples(st.sampled_from(GRADES), st.sampled_from(GRADES)), min_size=2)


def test_the_table_has_the_truth_in_its_rows() -> None:
    table = rating_table(["M1", "M1", "M2b"], ["M0", "M1", "M1"], GRADES)
    assert table.tolist() == [[0, 1, 0, 0], [0, 1, 0, 1], [0] * 4, [0] * 4]


def test_kappa_of_the_classical_example() -> None:
    """Cohen's table of two readers: 20 and 15 agreements among 50, 5 and 10 disagreements."""
    # Observed 35/50 = 0.7; by chance (25*30 + 25*20)/2500 = 0.5.
    assert cohen_kappa(np.array([[20, 5], [10, 15]])) == pytest.approx(0.4)


def test_a_grade_two_steps_away_costs_two_steps_or_four() -> None:
    table = np.array([[2, 0, 1], [0, 2, 0], [0, 0, 1]])
    # Margins of the truth 3, 2, 1 and of the rating 2, 2, 2: every chance cell is a third of its row.
    linear = (2 * 1) / ((0 + 1 + 2) * 3 / 3 + (1 + 0 + 1) * 2 / 3 + (2 + 1 + 0) * 1 / 3)
    quadratic = (4 * 1) / ((0 + 1 + 4) * 3 / 3 + (1 + 0 + 1) * 2 / 3 + (4 + 1 + 0) * 1 / 3)
    assert cohen_kappa(table, "linear") == pytest.approx(1 - linear)
    assert cohen_kappa(table, "quadratic") == pytest.approx(1 - quadratic)


@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
@given(pairs=PAIRS)
@settings(max_examples=40)
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[str, str]], weights: Weights) -> None:
    rated, true = zip(*pairs, strict=True)
    ours = cohen_kappa(rating_table(rated, true, GRADES), weights)
    if len({*rated, *true}) == 1:
        assert math.isnan(ours)
        return
    theirs = cohen_kappa_score(
        true, rated, labels=GRADES, weights=None if weights == "none" else weights
    )
    assert ours == pytest.approx(theirs)


def test_agreement_on_one_and_the_same_category_tests_nothing() -> None:
    assert math.isnan(cohen_kappa(np.array([[5, 0], [0, 0]])))
    assert math.isnan(cohen_kappa(np.zeros((4, 4))))


@pytest.mark.parametrize("table", [np.zeros((2, 3)), np.zeros(4)])
def test_a_table_must_be_square(table: NDArray[np.float64]) -> None:
    with pytest.raises(ValueError, match="square table"):
        cohen_kappa(table)


def test_a_rating_outside_the_categories_is_refused() -> None:
    with pytest.raises(ValueError, match="none of the categories"):
        rating_table(["undetermined"], ["M0"], GRADES)
    with pytest.raises(ValueError, match="cannot be paired"):
        rating_table(["M0"], [], GRADES)
