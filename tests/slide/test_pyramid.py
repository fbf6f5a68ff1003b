from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathoflow.slide.pyramid import levels_of
from pathoflow.space import Size


def test_half_a_row_lost_does_not_bend_the_scale() -> None:
    # 46,000 x 32,914 at factor 4: an Aperio slide whose second level lost half a row.
    second = levels_of([Size(32_914, 46_000), Size(8_228, 11_500)])[1]
    assert (second.scale_y, second.scale_x) == (4.0, 4.0)


def test_five_halvings_of_odd_sides_are_a_factor_of_32() -> None:
    sizes = [Size(5154, 5477)]
    for _ in range(5):
        sizes.append(Size(sizes[-1].height // 2, sizes[-1].width // 2))
    assert [level.scale_y for level in levels_of(sizes)] == [1, 2, 4, 8, 16, 32]


def test_a_factor_that_is_not_whole_stays_as_it_is() -> None:
    level = levels_of([Size(3000, 2000), Size(2000, 1333)])[1]
    assert level.scale_y == pytest.approx(1.5)
    assert level.scale_x == pytest.approx(2000 / 1333)


def test_axes_may_have_scales_of_their_own() -> None:
    level = levels_of([Size(1000, 4000), Size(500, 1000)])[1]
    assert (level.scale_y, level.scale_x) == (2.0, 4.0)


@given(
    st.integers(200, 200_000),
    st.integers(200, 200_000),
    st.sampled_from([2, 4, 8, 16, 32]),
    st.booleans(),
)
def test_cut_or_padded_levels_get_their_whole_factor(
    height: int, width: int, factor: int, padded: bool
) -> None:
    extra = factor - 1 if padded else 0
    size = Size((height + extra) // factor, (width + extra) // factor)
    level = levels_of([Size(height, width), size])[1]
    assert (level.scale_y, level.scale_x) == (factor, factor)
