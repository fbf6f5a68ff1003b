from __future__ import annotations

import math

import numpy as np
import pytest

from pathoflow.bench.agreement import Agreement, agreement


def test_dice_is_of_areas_above_the_threshold_and_levels_of_all_pixels() -> None:
    # 0.4 of 255 is 102: three pixels in one, two in the other, two in both.
    reference = np.array([102, 255, 200, 101, 0], np.uint8)
    maps = np.array([102, 250, 100, 101, 1], np.uint8)
    found = agreement(maps, reference, 0.4)
    assert found.dice == pytest.approx(2 * 2 / (3 + 2))
    assert found.max_levels == 100
    assert found.mean_levels == pytest.approx((5 + 100 + 1) / 5)


def test_bytes_do_not_wrap_around() -> None:
    found = agreement(np.array([0], np.uint8), np.array([255], np.uint8), 0.5)
    assert (found.max_levels, found.dice) == (255, 0)


@pytest.mark.parametrize(
    ("near", "said"),
    [
        (Agreement(1.0, 0, 0.0), ""),
        (Agreement(0.995, 64, 0.5), ""),
        (Agreement(0.9949, 0, 0.0), "Dice 0.9949 is below 0.995"),
        (Agreement(1.0, 10, 0.51), "mean difference of 0.51"),
        (Agreement(1.0, 65, 0.1), "largest difference of 65"),
        # Nothing found in nothing proves nothing.
        (Agreement(math.nan, 0, 0.0), "Dice nan"),
    ],
)
def test_the_tolerance_is_the_stated_one(near: Agreement, said: str) -> None:
    assert said in near.shortfall
    assert bool(said) == bool(near.shortfall)
