import math

import pytest
from shapely.geometry import box

from pathoflow.metrics.bins import (
    DIAMETER_BINS,
    diameter_bin,
    equivalent_diameter_um,
    split_jaccard,
    split_objects,
)
from pathoflow.metrics.jaccard import AggregatedJaccard, jaccard_parts
from pathoflow.metrics.objects import ObjectScore, match_polygons


@pytest.mark.parametrize(
    ("diameter", "index"),
    [(0, 0), (59.99, 0), (60, 1), (199.9, 1), (200, 2), (600, 2), (600.01, 3), (5000, 3)],
)
def test_bins_turn_at_60_200_and_600_um(diameter: float, index: int) -> None:
    assert diameter_bin(diameter) == index
    low, high = DIAMETER_BINS[index].low_um, DIAMETER_BINS[index].high_um
    assert low <= diameter <= high


def test_a_diameter_that_is_none_is_refused() -> None:
    for wrong in (-1.0, math.nan):
        with pytest.raises(ValueError, match="cannot be negative or NaN"):
            diameter_bin(wrong)


def test_the_equivalent_diameter_is_that_of_the_circle() -> None:
    assert equivalent_diameter_um(math.pi * 30**2) == pytest.approx(60)


def test_a_find_counts_with_the_true_size_and_an_invention_with_its_own() -> None:
    """A vessel of bin 1 is drawn so small that its outline is of bin 0; a ghost is of bin 2."""
    reference = [box(0, 0, 10, 10), box(50, 0, 60, 10)]
    predicted = [box(0, 0, 10, 6), box(100, 100, 130, 130)]
    score = match_polygons(predicted, reference)
    assert len(score.pairs) == 1

    parts = split_objects(score, [0, 2], [1, 3])

    assert [(p.n_predicted, p.n_reference, len(p.pairs)) for p in parts] == [
        (0, 0, 0),
        (1, 1, 1),
        (1, 0, 0),
        (0, 1, 0),
    ]
    assert parts[1].f1 == 1
    assert parts[2].f1 == parts[3].f1 == 0
    assert math.isnan(parts[0].f1)
    total = sum(parts, ObjectScore(0, 0, ()))
    assert total == score


def test_areas_fall_into_the_same_bins() -> None:
    reference = [box(0, 0, 10, 10), box(50, 0, 60, 10)]
    predicted = [box(0, 0, 10, 6), box(100, 100, 130, 130)]
    parts = jaccard_parts(predicted, reference)
    bins = split_jaccard(parts, [0, 2], [1, 3])
    assert bins == [
        AggregatedJaccard(),
        AggregatedJaccard(60, 100),
        AggregatedJaccard(0, 900),
        AggregatedJaccard(0, 100),
    ]
    assert sum(bins, AggregatedJaccard()) == parts.total


def test_an_object_without_a_bin_is_refused() -> None:
    with pytest.raises(ValueError, match="needs its bin"):
        split_objects(ObjectScore(1, 0, ()), [], [])
