from __future__ import annotations

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


def test_it_has_no_options() -> None:
    with pytest.raises(UsageError, match="weight"):
        make_supervised(
            torch.nn.Conv2d(3, 1, 1), Setup(Normalisation(), Schedule(), False, {"weight": 1})
        )
