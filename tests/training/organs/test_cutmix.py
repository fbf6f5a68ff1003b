"""Rectangles change hands with everything that belongs to them."""

from __future__ import annotations

import pytest
import torch

from pathoflow.training.organs import cut_and_mix
from pathoflow.training.organs.cutmix import AREA


def draw(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def own_numbers(n: int, side: int = 40) -> torch.Tensor:
    """Sample ``i`` holds ``i`` everywhere."""
    return torch.arange(n).float()[:, None, None, None].expand(n, 1, side, side).clone()


@pytest.mark.parametrize("seed", range(5))
def test_each_sample_gets_one_rectangle_of_the_sample_before(seed: int) -> None:
    (mixed,) = cut_and_mix([own_numbers(6)], 1.0, draw(seed))
    for i, sample in enumerate(mixed[:, 0]):
        taken = sample != i
        assert set(sample[taken].tolist()) == {float((i - 1) % 6)}
        rows, columns = torch.nonzero(taken.any(1)).flatten(), torch.nonzero(taken.any(0)).flatten()
        # A full rectangle: as many pixels as rows times columns between the first and the last.
        span = (rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1)
        assert int(taken.sum()) == int(span)
        # Sides are whole pixels of 40: up to half a pixel each way.
        slack = 2 / 40
        assert AREA[0] - slack <= taken.float().mean() <= AREA[1] + slack


def test_parts_are_cut_alike() -> None:
    pixels, maps = torch.rand(4, 3, 16, 16, generator=draw(1)), own_numbers(4, 16)
    mixed, answers = cut_and_mix([pixels, maps], 1.0, draw(2))
    for i in range(4):
        taken = (answers[i, 0] != i).expand(3, 16, 16)
        assert torch.equal(mixed[i], torch.where(taken, pixels[i - 1], pixels[i]))


def test_samples_that_are_not_chosen_stay_as_they_are() -> None:
    pixels = torch.rand(8, 3, 16, 16, generator=draw(3))
    assert torch.equal(cut_and_mix([pixels], 0.0, draw(4))[0], pixels)
    changed = (cut_and_mix([pixels], 0.5, draw(4))[0] != pixels).flatten(1).any(1)
    assert 0 < changed.sum() < 8
