from __future__ import annotations

from typing import Literal

import pytest
import torch

from pathoflow.training.organs import gradient_penalty


def linear(weight: torch.Tensor, scores: int = 1) -> torch.nn.Module:
    """``D(z) = w.z`` at every one of ``scores`` places."""

    class Linear(torch.nn.Module):
        def forward(self, z: torch.Tensor) -> torch.Tensor:
            return (z * weight).flatten(1).sum(1)[:, None, None, None].expand(-1, 1, 1, scores)

    return Linear()


@pytest.mark.parametrize(("of", "times"), [("mean", 1), ("sum", 4)])
def test_the_penalty_of_a_linear_critic_is_that_of_its_slope(
    of: Literal["mean", "sum"], times: int
) -> None:
    weight = torch.tensor([3.0, 4.0]).reshape(1, 1, 1, 2)
    true, fake = torch.ones(5, 1, 1, 2), torch.zeros(5, 1, 1, 2)
    found = gradient_penalty(linear(weight, 4), true, fake, torch.Generator(), of=of)
    # The slope is |(3, 4)| = 5; the sum over four equal scores has four times as much.
    assert float(found) == pytest.approx((5 * times - 1) ** 2)


def test_it_is_taken_on_the_line_between_with_one_place_per_sample() -> None:
    seen = []

    def critic(z: torch.Tensor) -> torch.Tensor:
        seen.append(z.detach())
        return z.square().flatten(1).sum(1, keepdim=True)

    n = 200
    true, fake = torch.ones(n, 2, 3, 3), torch.full((n, 2, 3, 3), -1.0)
    found = gradient_penalty(critic, true, fake, torch.Generator().manual_seed(0))
    z = seen[0].flatten(1)
    assert torch.equal(z, z[:, :1].expand_as(z))
    places = z[:, 0]
    assert -1 <= float(places.min()) < -0.9 < 0.9 < float(places.max()) <= 1
    # |grad z.z| = 2 |z|, and z has 18 entries of the same size.
    wanted = ((2 * places.abs() * 18**0.5 - 1) ** 2).mean()
    assert float(found.detach()) == pytest.approx(float(wanted), rel=1e-5)


def test_it_moves_the_critic_and_neither_side() -> None:
    critic = torch.nn.Conv2d(1, 1, 3)
    true, fake = (torch.rand(2, 1, 5, 5, requires_grad=True) for _ in range(2))
    gradient_penalty(critic, true, fake, torch.Generator()).backward()
    assert critic.weight.grad is not None
    assert float(critic.weight.grad.abs().sum()) > 0
    assert true.grad is None
    assert fake.grad is None


def test_a_critic_without_any_slope_gives_no_nan() -> None:
    weight = torch.zeros(1, 1, 1, 2, requires_grad=True)
    found = gradient_penalty(
        linear(weight), torch.ones(2, 1, 1, 2), torch.zeros(2, 1, 1, 2), torch.Generator()
    )
    found.backward()
    assert float(found.detach()) == 1
    assert weight.grad is not None
    assert torch.isfinite(weight.grad).all()
