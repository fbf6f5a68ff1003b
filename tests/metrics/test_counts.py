import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from pathoflow.metrics.counts import box_table, cell_box, relative_error, score_counts

COUNTS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), min_size=1, max_size=12)


@pytest.mark.parametrize(("n_cells", "box"), [(0, "<=50"), (50, "<=50"), (51, ">50")])
def test_the_box_turns_after_fifty(n_cells: int, box: str) -> None:
    assert cell_box(n_cells) == box


def test_hand_computed_errors() -> None:
    # Errors: 0.2, -0.5, 0.1 and one without truth. Boxes: 12/10, 5/10, 55/50 (differs), 3/0.
    score = score_counts([12, 5, 55, 3], [10, 10, 50, 0])
    assert (score.n, score.n_without_truth) == (4, 1)
    assert score.median_error == pytest.approx(0.1)
    assert score.median_absolute_error == pytest.approx(0.2)
    assert score.mean_absolute_error == pytest.approx(0.8 / 3)
    assert score.box_agreement == 3 / 4


def test_agreement_of_the_boxes_beyond_chance_is_cohens_kappa() -> None:
    counted, true = [12, 80, 55, 3, 120, 40, 51], [10, 90, 50, 0, 200, 70, 60]
    assert box_table(counted, true).tolist() == [[2, 1], [1, 3]]
    boxes = [[cell_box(n) for n in numbers] for numbers in (counted, true)]
    assert score_counts(counted, true).box_kappa == pytest.approx(cohen_kappa_score(*boxes))


def test_counts_that_are_all_small_say_nothing_about_the_box() -> None:
    assert math.isnan(score_counts([3, 9], [4, 8]).box_kappa)


def test_a_true_count_of_zero_has_no_relative_error() -> None:
    assert math.isnan(relative_error(3, 0))
    assert math.isnan(score_counts([3], [0]).median_error)
    assert math.isnan(score_counts([], []).box_agreement)


def test_unequal_or_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="paired"):
        score_counts([1], [1, 2])
    with pytest.raises(ValueError, match="negative"):
        score_counts([-1], [1])


@given(COUNTS)
def test_perfect_counts_have_no_error_and_bounds_hold(pairs: list[tuple[int, int]]) -> None:
    true = [t for _, t in pairs]
    perfect = score_counts(true, true)
    assert perfect.box_agreement == 1
    if any(true):
        assert perfect.median_absolute_error == 0
    score = score_counts([c for c, _ in pairs], true)
    assert 0 <= score.box_agreement <= 1
    if score.n > score.n_without_truth:
        assert abs(score.median_error) <= max(abs(c - t) / t for c, t in pairs if t)
