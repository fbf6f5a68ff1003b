from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from pathoflow.networks import NetworkCard
from pathoflow.networks.backends.whole import Whole


class Logits(nn.Module):
    def __init__(self, values: list[float]) -> None:
        super().__init__()
        self.values = torch.tensor(values)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.values.view(1, 1, 1, -1)


def test_pixels_are_normalised_per_channel_and_last_in_memory(
    card: NetworkCard, pixels: np.ndarray
) -> None:
    found = Whole(nn.Identity(), card).normalised(torch.from_numpy(pixels))
    wanted = (pixels / 255 - np.array([0.5, 0.4, 0.3])) / np.array([0.1, 0.2, 0.3])
    np.testing.assert_allclose(found.numpy(), wanted.transpose(0, 3, 1, 2), atol=2e-6)
    assert found.is_contiguous(memory_format=torch.channels_last)


def test_bytes_are_rounded_probabilities_and_the_module_stays_as_it_was(card: NetworkCard) -> None:
    module = Logits([0.0, -50.0, 50.0, 1.0])
    maps, total = Whole(module, card)(torch.zeros(1, 1, 4, 3, dtype=torch.uint8))
    # 255 / (1 + e^-1) = 186.4
    assert maps.flatten().tolist() == [128, 0, 255, 186]
    assert total.item() == 1.0
    assert module.values.tolist() == [0.0, -50.0, 50.0, 1.0]


@pytest.mark.parametrize("other", [0.0, float("inf"), 1e30])
def test_one_logit_that_is_no_number_shows_in_the_sum(card: NetworkCard, other: float) -> None:
    _, total = Whole(Logits([other, float("nan"), other]), card)(
        torch.zeros(1, 1, 3, 3, dtype=torch.uint8)
    )
    assert total.isnan()


def test_the_whole_says_what_the_formulas_say(
    make_module: Callable[[], nn.Module],
    card: NetworkCard,
    pixels: np.ndarray,
    expected: np.ndarray,
) -> None:
    with torch.inference_mode():
        maps, _ = Whole(make_module(), card)(torch.from_numpy(pixels))
    assert maps.shape == (2, 2, 64, 96)
    assert maps.is_contiguous()
    assert np.abs(maps.numpy() - expected).max() < 0.51
