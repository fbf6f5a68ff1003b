import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from pathoflow.metrics.jaccard import AggregatedJaccard, jaccard_parts

RECTANGLES = st.lists(
    st.builds(
        lambda x, y, w, h: box(x, y, x + w, y + h),
        *[st.integers(0, 12)] * 2,
        *[st.integers(1, 7)] * 2,
    ),
    max_size=4,
)


def pixels(shape: Polygon) -> np.ndarray:
    """Unit squares of the plane that lie in a rectangle with whole corners."""
    left, top, right, bottom = (int(v) for v in shape.bounds)
    mask = np.zeros((20, 20), bool)
    mask[top:bottom, left:right] = True
    return mask


def published(predicted: list[Polygon], reference: list[Polygon]) -> float:
    """Algorithm 1 of Kumar et al. 2017 on pixels."""
    masks = [pixels(shape) for shape in predicted]
    shared = joint = 0
    used = set()
    for truth in map(pixels, reference):
        overlaps = [(m & truth).sum() / (m | truth).sum() for m in masks]
        if not overlaps or max(overlaps) == 0:
            joint += truth.sum()
            continue
        best = int(np.argmax(overlaps))
        shared += (masks[best] & truth).sum()
        joint += (masks[best] | truth).sum()
        used.add(best)
    joint += sum(mask.sum() for index, mask in enumerate(masks) if index not in used)
    return float(shared / joint) if joint else math.nan


@given(RECTANGLES, RECTANGLES)
@settings(max_examples=40)
def test_the_index_is_that_of_the_publication(
    predicted: list[Polygon], reference: list[Polygon]
) -> None:
    index = jaccard_parts(predicted, reference).total.index
    assert index == pytest.approx(published(predicted, reference), nan_ok=True)


def test_perfect_outlines_give_one_and_nothing_gives_no_number() -> None:
    shapes = [box(0, 0, 4, 4), box(9, 9, 12, 15)]
    assert jaccard_parts(shapes, shapes).total.index == 1
    assert math.isnan(jaccard_parts([], []).total.index)
    assert jaccard_parts([], shapes).total.index == 0
    assert jaccard_parts(shapes, []).total.index == 0


def test_one_outline_over_two_vessels_pays_twice() -> None:
    reference = [box(0, 0, 4, 4), box(6, 0, 10, 4)]
    found = jaccard_parts([box(0, 0, 10, 4)], reference)
    # Each vessel of 16 shares all of itself with an outline of 40.
    assert found.of_reference == (AggregatedJaccard(16, 40),) * 2
    assert found.of_predicted == (AggregatedJaccard(0, 0),)
    assert found.total.index == pytest.approx(32 / 80)


def test_outlines_that_only_touch_share_nothing() -> None:
    parts = jaccard_parts([box(4, 0, 8, 4)], [box(0, 0, 4, 4)])
    assert parts.of_reference == (AggregatedJaccard(0, 16),)
    assert parts.of_predicted == (AggregatedJaccard(0, 16),)
