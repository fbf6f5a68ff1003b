from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from pathoflow.evsnet.losses import (
    competing_loss,
    critic_loss,
    released_competing_loss,
    released_critic_loss,
    released_supervised_loss,
)
from pathoflow.evsnet.purity import BackgroundPurityCritic, ForegroundPurityCritic
from pathoflow.evsnet.samples import (
    Labelled,
    Predicted,
    SampleSettings,
    Shown,
    released_shown_to,
    shown_to,
)
from pathoflow.evsnet.triplet import released_triplet
from pathoflow.training.organs import LOCAL_CRITIC, RELEASED_CRITIC, Critic

DRAW = torch.Generator().manual_seed(0)
X = torch.rand(4, 3, 64, 64, generator=DRAW)
M = torch.zeros(4, 1, 64, 64)
M[..., 20:40, 24:44] = 1
P = torch.rand(4, 1, 64, 64, generator=DRAW)


class Quarters(nn.Module):
    """Mean of the last channel (the mask in view) over each quarter of a patch, three times and less one."""

    def forward(self, view: torch.Tensor) -> torch.Tensor:
        return 3 * nn.functional.adaptive_avg_pool2d(view[:, -1:], 2) - 1


def quarters(x: NDArray[np.float32]) -> NDArray[np.float32]:
    means: NDArray[np.float32] = x.reshape(len(x), 2, 32, 2, 32).mean((2, 4))
    return means


@pytest.mark.parametrize("kind", [ForegroundPurityCritic, BackgroundPurityCritic])
def test_the_critics_loss_is_the_hinge_over_the_places_that_count(
    kind: type[ForegroundPurityCritic | BackgroundPurityCritic],
) -> None:
    counts = torch.zeros_like(M)
    counts[0, :, :40] = 1
    counts[2] = 1
    shown = [
        Shown("a", True, X, M, 2.0, torch.ones_like(M)),
        Shown("b", False, X, P, 0.5, counts),
        Shown("c", False, X[:2], P[:2], 7.0, torch.zeros_like(P[:2])),
    ]
    wanted = 0.0
    for group, sign in zip(shown, (1, -1, -1), strict=True):
        mask = group.masks.numpy()[:, 0]
        seen = mask if kind is ForegroundPurityCritic else 1 - mask
        hinge = np.maximum(0, 1 - sign * (3 * quarters(seen) - 1))
        share = quarters(group.counts.numpy()[:, 0])
        wanted += group.weight * (hinge * share).sum() / max(1, share.sum())
    assert float(critic_loss(kind(Quarters()), shown)) == pytest.approx(wanted, rel=1e-5)


def test_the_released_critics_loss_is_wasserstein_with_ten_times_the_penalty() -> None:
    critic = ForegroundPurityCritic(Quarters(), released_triplet)
    true, fake = released_shown_to("foreground", Labelled(X, M), Predicted(X, P))
    shrunk = np.zeros_like(M.numpy()[:, 0])
    shrunk[:, 25:35, 29:39] = 1
    scores = [3 * quarters(m) - 1 for m in (P.numpy()[:, 0], shrunk)]
    # The sum of the map is three times the sum of four means of 32 x 32 pixels of one channel.
    slope = 3 / 32**2 * 64
    wanted = scores[0].mean() - scores[1].mean() + 10 * (slope - 1) ** 2
    found = released_critic_loss(critic, true, fake, torch.Generator())
    assert float(found.detach()) == pytest.approx(wanted, rel=1e-5)


def test_predictions_are_judged_by_both_critics_up_to_the_margin() -> None:
    critics = [kind(Quarters()) for kind in (ForegroundPurityCritic, BackgroundPurityCritic)]
    p = P.clone()
    # Nothing in one quarter: its background scores 2, beyond the margin, its foreground -1.
    p[..., :32, :32] = 0
    p.requires_grad_()
    mean = quarters(p.detach().numpy()[:, 0])
    wanted = sum(np.maximum(0, 2 - 3 * m).mean() for m in (mean, 1 - mean))
    loss = competing_loss(critics, X, p)
    assert float(loss.detach()) == pytest.approx(wanted, rel=1e-5)
    loss.backward()
    assert p.grad is not None
    # Where both have something to say, these two meters of area cancel; where one is content the other is heard.
    assert float(p.grad[..., 32:, 32:].abs().max()) == pytest.approx(0, abs=1e-7)
    assert float(p.grad[..., :32, :32].max()) < 0


def test_the_released_verdict_knows_no_margin() -> None:
    critics = [kind(Quarters()) for kind in (ForegroundPurityCritic, BackgroundPurityCritic)]
    # -(3 mean p - 1) - (3 mean (1 - p) - 1) is -1, whatever p.
    assert float(released_competing_loss(critics, X, P)) == pytest.approx(-1, rel=1e-5)
    alone = float(released_competing_loss(critics[:1], X, P))
    assert alone == pytest.approx(1 - 3 * float(P.mean()), rel=1e-4)


def test_the_released_supervised_loss_adds_self_supervision_to_its_dice() -> None:
    overlap = 400.0
    wanted = 1 - 2 * (overlap + 1) / (overlap * 2 + 1) + 0.25
    found = released_supervised_loss(M, M, torch.tensor(0.25))
    assert float(found) == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("variant", ["default", "released"])
def test_both_variants_train_real_critics_also_under_bfloat16(variant: str) -> None:
    released = variant == "released"
    draw = torch.Generator().manual_seed(0)
    critic = ForegroundPurityCritic(
        Critic(RELEASED_CRITIC if released else LOCAL_CRITIC, draw),
        *([released_triplet] if released else []),
    )
    labelled, guess = Labelled(X, M), Predicted(X, P)
    with torch.autocast("cpu", torch.bfloat16, enabled=not released):
        if released:
            loss = released_critic_loss(
                critic, *released_shown_to("foreground", labelled, guess), draw
            )
        else:
            shown = shown_to("foreground", labelled, guess, guess, (SampleSettings(), draw))
            loss = critic_loss(critic, shown)
    loss.backward()
    grads = [p.grad for p in critic.parameters()]
    assert all(g is not None and torch.isfinite(g).all() for g in grads)
    assert any(g is not None and g.abs().sum() > 0 for g in grads)
    assert loss.dtype == torch.float32
