from __future__ import annotations

import math

import pytest
import torch

from pathoflow.errors import UsageError
from pathoflow.networks.card import Normalisation
from pathoflow.training.feed import Batch
from pathoflow.training.methods import Setup
from pathoflow.training.optimiser import Optimisation
from pathoflow.training.schedule import Schedule
from pathoflow.training.supervised import Supervised, make_supervised


def test_the_loss_is_of_logits_for_normalised_colours() -> None:
    class Sum(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.sum(1, keepdim=True)

    rgb = torch.full((1, 3, 2, 2), 0.75)
    truth = torch.ones(1, 1, 2, 2)
    batch = Batch(rgb, rgb, truth, truth, truth[:, :0], torch.zeros(1))
    found = Supervised(Sum(), Optimisation(), Normalisation()).losses(batch)["segmentation"]
    # Each channel is (0.75 - 0.5) / 0.5 = 0.5, so every logit is 1.5.
    p = 1 / (1 + torch.exp(torch.tensor(-1.5)))
    wanted = -torch.log(p) + 1 - (2 * 4 * p + 1) / (4 * p + 4 + 1)
    assert float(found) == pytest.approx(float(wanted), rel=1e-5)


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(UsageError, match="weight"):
        make_supervised(
            torch.nn.Conv2d(3, 1, 1), Setup(Normalisation(), Schedule(), False, {"weight": 1})
        )


def test_classes_can_be_weighed_one_by_one() -> None:
    truth = torch.zeros(1, 2, 4, 4)
    truth[0, 0], truth[0, 1, 0, 0] = 1, 1
    rgb = torch.full((1, 3, 4, 4), 0.5)
    batch = Batch(rgb, rgb, truth, torch.ones(1, 1, 4, 4), truth[:, :0], torch.zeros(1))
    even = torch.nn.Conv2d(3, 2, 1)
    torch.nn.init.zeros_(even.weight)
    torch.nn.init.zeros_(even.bias)
    options = {"class_by_class": True}
    step = make_supervised(even, Setup(Normalisation(), Schedule(), False, options))
    assert isinstance(step, Supervised)
    # Every probability is one half: a cross entropy of log 2, and two Dices by hand.
    common, rare = 1 - (2 * 8 + 1) / (8 + 16 + 1), 1 - (2 * 0.5 + 1) / (8 + 1 + 1)
    wanted = math.log(2) + (common + rare) / 2
    assert float(step.losses(batch)["segmentation"].detach()) == pytest.approx(wanted, rel=1e-5)
