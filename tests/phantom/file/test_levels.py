from __future__ import annotations

import numpy as np
import pytest

from pathoflow.phantom.file.levels import PAINT_PX, level_means, level_steps, plan_levels
from pathoflow.space import Size


def test_large_slides_get_a_fourth_level() -> None:
    assert level_steps(Size(16384, 16384)) == (1, 4, 16)
    assert level_steps(Size(16385, 200)) == (1, 4, 16, 64)


def test_levels_round_up_and_know_their_step() -> None:
    levels = plan_levels(Size(1001, 640))
    assert [level.size.shape for level in levels] == [(1001, 640), (251, 160), (63, 40)]
    assert [level.scale_y for level in levels] == [1.0, 4.0, 16.0]


def test_every_step_divides_the_painted_square() -> None:
    assert all(PAINT_PX % step == 0 for step in level_steps(Size(99999, 99999)))


def test_halved_levels_are_as_many_as_asked_for() -> None:
    levels = plan_levels(Size(20_000, 17_000), 16)
    assert [level.scale_x for level in levels] == [2.0**k for k in range(16)]
    assert levels[-1].size.shape == (1, 1)
    assert levels[9].size.shape == (40, 34)


@pytest.mark.parametrize("shape", [(512, 512), (300, 77), (5, 7), (1, 1)])
def test_means_are_those_of_the_pixels_under_them_halves_rounded_up(
    shape: tuple[int, int],
) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (*shape, 3), dtype=np.uint8)
    steps = (1, 4, 16, 64)
    for step, mean in zip(steps, level_means(pixels, steps), strict=True):
        assert mean.shape == (-(-shape[0] // step), -(-shape[1] // step), 3)
        last = mean.shape[0] - 1, mean.shape[1] - 1
        for row, column in ((0, 0), last, (last[0], 0)):
            block = pixels[row * step : (row + 1) * step, column * step : (column + 1) * step]
            expected = np.floor(block.astype(float).mean(axis=(0, 1)) + 0.5)
            assert mean[row, column].tolist() == expected.tolist()


def test_white_stays_white_at_every_step() -> None:
    white = np.full((512, 512, 3), 255, np.uint8)
    assert all((mean == 255).all() for mean in level_means(white, [2**k for k in range(10)]))
