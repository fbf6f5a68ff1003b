"""Losses of the two critics and of the network that they judge, one function per equation."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn import functional

from pathoflow.evsnet.purity import PurityCritic
from pathoflow.evsnet.samples import Shown
from pathoflow.training.organs import (
    adversarial_loss,
    gradient_penalty,
    hinge_fake,
    hinge_true,
    released_dice,
    wasserstein_critic_loss,
    wide,
)


def critic_loss(critic: PurityCritic, groups: Sequence[Shown]) -> torch.Tensor:
    """``sum_g w_g sum_c a_c max(0, 1 -+ D_c) / max(1, sum_c a_c)``, minus for true groups and plus for false ones.

    ``c`` runs over the places of the score maps of a group, and ``a_c`` is the share of the pixels there that count.
    All groups go through the critic together.
    """
    pixels = torch.cat([g.pixels for g in groups])
    masks = torch.cat([g.masks for g in groups])
    scores = wide(critic(pixels, masks))
    total = scores.new_zeros(())
    for group, own in zip(groups, scores.split([len(g.pixels) for g in groups]), strict=True):
        costs = hinge_true(own) if group.true else hinge_fake(own)
        share = functional.adaptive_avg_pool2d(wide(group.counts), own.shape[-2:])
        total = total + group.weight * (costs * share).sum() / share.sum().clamp(min=1)
    return total


def released_critic_loss(
    critic: PurityCritic,
    true: Shown,
    fake: Shown,
    generator: torch.Generator,
    penalty: float = 10.0,
) -> torch.Tensor:
    """``E D(fake) - E D(true) + 10 E (|grad_z D(z)|_2 - 1)^2``, the gradient being that of the sum of the map."""
    true_view = critic.view(true.pixels, true.masks)
    fake_view = critic.view(fake.pixels, fake.masks)
    difference = wasserstein_critic_loss(critic.critic(true_view), critic.critic(fake_view))
    slope = gradient_penalty(critic.critic, true_view, fake_view, generator, of="sum")
    return difference + penalty * slope


def competing_loss(
    critics: Sequence[PurityCritic], pixels: torch.Tensor, p: torch.Tensor
) -> torch.Tensor:
    """``sum_j E max(0, 1 - D_j(x, p))``: what the critics hold against predictions ``p``.

    A score beyond the margin is worth no more, so a critic that takes a cut-out for pure does not pull its edge any
    further; with ``- E D`` it would, and the stronger of the two would win. The gradient goes to ``p``; critics whose
    parameters ask for none get none.
    """
    verdicts = [hinge_true(wide(critic(pixels, p))).mean() for critic in critics]
    return torch.stack(verdicts).sum()


def released_competing_loss(
    critics: Sequence[PurityCritic], pixels: torch.Tensor, p: torch.Tensor
) -> torch.Tensor:
    """``- E D_f(T(x, p)) - E D_b(T(x, 1 - p))``, over the critics that there are."""
    return torch.stack([adversarial_loss(critic(pixels, p)) for critic in critics]).sum()


def released_supervised_loss(
    p: torch.Tensor, truth: torch.Tensor, self_supervision: torch.Tensor
) -> torch.Tensor:
    """``Dice_released(p, t) + L_self``: the labelled step of the released code."""
    return released_dice(p, truth) + self_supervision
