from __future__ import annotations

import pytest
import torch
from torch import nn

from pathoflow.evsnet.purity import (
    BackgroundPurityCritic,
    ForegroundPurityCritic,
    PurityCritic,
)
from pathoflow.evsnet.triplet import released_triplet, triplet
from pathoflow.training.organs import RELEASED_CRITIC, SMALL_CRITIC, Critic

X = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
M = torch.zeros(2, 1, 64, 64)
M[..., 20:40, 20:40] = 1


@pytest.mark.parametrize(
    ("kind", "mask"), [(ForegroundPurityCritic, M), (BackgroundPurityCritic, 1 - M)]
)
def test_each_critic_sees_its_own_cut_out_of_the_vessel_mask(
    kind: type[PurityCritic], mask: torch.Tensor
) -> None:
    assert torch.equal(kind(nn.Identity())(X, M), torch.cat([X, mask * X, mask], 1))


@pytest.mark.parametrize("kind", [ForegroundPurityCritic, BackgroundPurityCritic])
@pytest.mark.parametrize(
    ("shape", "form"), [(SMALL_CRITIC, triplet), (RELEASED_CRITIC, released_triplet)]
)
def test_both_forms_go_with_their_critics(kind: type[PurityCritic], shape, form) -> None:  # type: ignore[no-untyped-def]
    critic = kind(Critic(shape, torch.Generator().manual_seed(0)), form)
    assert critic(X, M).shape[:2] == (2, 1)
