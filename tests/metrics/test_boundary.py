import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import ndimage

from pathoflow.metrics.boundary import BoundaryAgreement, boundary_of, halo_px

MASKS = arrays(bool, (9, 11), elements=st.booleans())


def square(size: int, top: int, left: int, side: int) -> NDArray[np.bool_]:
    mask = np.zeros((size, size), bool)
    mask[top : top + side, left : left + side] = True
    return mask


def longhand(
    predicted: NDArray[np.bool_], reference: NDArray[np.bool_], limit_px: float
) -> tuple[int, int, int, int]:
    """All pairs of boundary pixels, one by one."""

    def line(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
        height, width = mask.shape
        return [
            (y, x)
            for y in range(height)
            for x in range(width)
            if mask[y, x]
            and any(
                0 <= v < height and 0 <= u < width and not mask[v, u]
                for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1))
            )
        ]

    one, other = line(predicted), line(reference)

    def near(mine: list[tuple[int, int]], theirs: list[tuple[int, int]]) -> int:
        return sum(any(math.dist(a, b) <= limit_px + 1e-9 for b in theirs) for a in mine)

    return len(one), near(one, other), len(other), near(other, one)


def as_tuple(found: BoundaryAgreement) -> tuple[int, int, int, int]:
    return found.n_predicted, found.predicted_near, found.n_reference, found.reference_near


def test_the_boundary_of_a_square_is_its_outermost_ring_of_pixels() -> None:
    line = boundary_of(square(9, 2, 2, 5))
    assert line.sum() == 5 * 5 - 3 * 3
    assert not line[3:6, 3:6].any()


def test_a_square_shifted_by_one_pixel_is_met_with_two_um_and_not_with_one() -> None:
    """At 1.5 µm per pixel a shift of one pixel lies within 2 µm and beyond 1 µm."""
    one, other = square(20, 4, 4, 8), square(20, 4, 5, 8)
    assert BoundaryAgreement.of(one, other, 1.5, 2.0).f1 == 1
    strict = BoundaryAgreement.of(one, other, 1.5, 1.0)
    # Only what both share counts: the upper and lower sides but for one pixel each.
    assert strict.predicted_near == strict.reference_near == 2 * 7
    assert strict.n_predicted == 4 * 7
    assert strict.f1 == pytest.approx(14 / 28)


def test_a_distance_of_exactly_the_tolerance_is_within_it() -> None:
    one, other = np.zeros((5, 9), bool), np.zeros((5, 9), bool)
    one[2, 2], other[2, 5] = True, True
    assert BoundaryAgreement.of(one, other, 0.7, 3 * 0.7).f1 == 1
    assert BoundaryAgreement.of(one, other, 0.7, 3 * 0.7 - 1e-6).f1 == 0


@given(MASKS, MASKS, st.sampled_from([1.0, 1.5, 2.3]))
@settings(max_examples=40)
def test_counts_are_those_of_all_pairs(
    predicted: NDArray[np.bool_], reference: NDArray[np.bool_], limit: float
) -> None:
    found = BoundaryAgreement.of(predicted, reference, 2.0, 2.0 * limit)
    assert as_tuple(found) == longhand(predicted, reference, limit)


def test_counts_are_those_of_a_distance_transform() -> None:
    """Rough blobs of 300 pixels a side, as a network draws them, against smooth ones."""
    rng = np.random.default_rng(5)
    smooth = ndimage.gaussian_filter(rng.standard_normal((300, 300)), 9)
    rough = smooth + 0.3 * smooth.std() * rng.standard_normal((300, 300))
    lines = [
        mask & ~ndimage.binary_erosion(mask, border_value=1) for mask in (rough > 0, smooth > 0)
    ]
    found = BoundaryAgreement.of(rough > 0, smooth > 0, 0.5, 2.0)
    expected: list[int] = []
    for one, other in (lines, lines[::-1]):
        away_um = ndimage.distance_transform_edt(~other, sampling=0.5)
        expected += [int(one.sum()), int((away_um[one] <= 2.0).sum())]
    assert as_tuple(found) == tuple(expected)
    assert 0 < found.f1 < 1


@given(MASKS, MASKS, st.sampled_from([(3, 4), (4, 5), (9, 2)]))
@settings(max_examples=40)
def test_blocks_with_their_halo_add_up_to_the_whole(
    predicted: NDArray[np.bool_], reference: NDArray[np.bool_], sides: tuple[int, int]
) -> None:
    mpp, tolerance = 2.0, 3.0
    halo = halo_px(tolerance, mpp)
    total = BoundaryAgreement()
    for top in range(0, 9, sides[0]):
        for left in range(0, 11, sides[1]):
            rows = slice(max(0, top - halo), top + sides[0] + halo)
            columns = slice(max(0, left - halo), left + sides[1] + halo)
            core = (
                slice(top - rows.start, top - rows.start + sides[0]),
                slice(left - columns.start, left - columns.start + sides[1]),
            )
            total = total + BoundaryAgreement.of(
                predicted[rows, columns], reference[rows, columns], mpp, tolerance, core
            )
    assert total == BoundaryAgreement.of(predicted, reference, mpp, tolerance)


def test_where_the_image_ends_there_is_no_boundary() -> None:
    assert not boundary_of(np.ones((6, 6), bool)).any()


def test_nothing_on_either_side_is_no_number_and_on_one_side_is_zero() -> None:
    none, one = np.zeros((6, 6), bool), square(6, 1, 1, 3)
    assert math.isnan(BoundaryAgreement.of(none, none, 2.0).f1)
    missed = BoundaryAgreement.of(none, one, 2.0)
    assert missed.f1 == 0
    assert math.isnan(missed.precision)
    assert missed.recall == 0
    assert BoundaryAgreement.of(one, none, 2.0).f1 == 0


def test_masks_that_do_not_fit_are_refused() -> None:
    mask = np.zeros((4, 4), bool)
    with pytest.raises(ValueError, match="do not match"):
        BoundaryAgreement.of(mask, np.zeros((4, 5), bool), 2.0)
    with pytest.raises(ValueError, match="must be boolean"):
        BoundaryAgreement.of(mask, mask.astype(np.uint8), 2.0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="must be positive"):
        BoundaryAgreement.of(mask, mask, 0.0)
