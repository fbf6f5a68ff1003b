from __future__ import annotations

import math

import numpy as np
import pytest

from pathoflow.metrics import MarkedNuclei, match_nuclei

CLASSES = ("tumour", "leucocyte")


def marked(*rows: tuple[float, float, int]) -> MarkedNuclei:
    table = np.array(rows, float).reshape(-1, 3)
    return MarkedNuclei(table[:, :2], table[:, 2].astype(int))


def test_counts_and_table_by_hand() -> None:
    reference = marked((0, 0, 0), (0, 20, 0), (0, 40, 1), (0, 60, 1))
    predicted = marked((1, 1, 0), (0, 22, 1), (0, 40, 1), (50, 50, 0), (50, 80, 0))
    score = match_nuclei(predicted, reference, CLASSES)
    assert score.confusion.tolist() == [[1, 1], [0, 1]]
    assert score.precision == 3 / 5
    assert score.recall == 3 / 4
    assert score.accuracy == 2 / 3
    assert score.precision_of("tumour") == 1 / 3
    assert score.recall_of("tumour") == 1 / 2
    assert score.precision_of("leucocyte") == 1 / 2
    assert score.recall_of("leucocyte") == 1 / 2


@pytest.mark.parametrize(("away", "pairs"), [(3.99, 1), (4.0, 1), (4.01, 0)])
def test_centres_match_within_four_micrometres(away: float, pairs: int) -> None:
    score = match_nuclei(marked((0, away, 0)), marked((0, 0, 0)), CLASSES)
    assert score.confusion.sum() == pairs


def test_a_nucleus_is_matched_once() -> None:
    score = match_nuclei(marked((0, 0, 0), (0, 1, 0), (0, 2, 0)), marked((0, 1, 0)), CLASSES)
    assert score.precision == 1 / 3
    assert score.recall == 1


def test_most_pairs_come_before_the_closest_pair() -> None:
    # The closest pair alone would leave the others more than 4 µm apart.
    predicted, reference = marked((0, 0, 0), (0, 3, 1)), marked((0, 2.9, 0), (0, 6, 1))
    assert match_nuclei(predicted, reference, CLASSES).confusion.tolist() == [[1, 0], [0, 1]]


def test_among_as_many_pairs_the_closest_are_taken() -> None:
    predicted, reference = marked((0, 0, 0), (0, 2, 1)), marked((0, 0.1, 0), (0, 2.1, 1))
    assert match_nuclei(predicted, reference, CLASSES).accuracy == 1


def test_scores_add_up() -> None:
    one = match_nuclei(marked((0, 0, 0)), marked((0, 0, 0)), CLASSES)
    other = match_nuclei(marked(), marked((0, 0, 1)), CLASSES)
    both = one + other
    assert (both.precision, both.recall) == (1, 0.5)
    assert both.reference.tolist() == [1, 1]
    with pytest.raises(ValueError, match="cannot be added"):
        one + match_nuclei(marked(), marked(), ("tumour", "red_cell"))


def test_nothing_to_compare_is_nan() -> None:
    score = match_nuclei(marked(), marked(), CLASSES)
    assert math.isnan(score.precision)
    assert math.isnan(score.recall)
    assert math.isnan(score.accuracy)


def test_a_distance_must_be_positive() -> None:
    with pytest.raises(ValueError, match="positive distance"):
        match_nuclei(marked(), marked(), CLASSES, 0)
