from __future__ import annotations

import pytest
import torch
from torch import nn

from pathoflow.training.organs import RELEASED_CRITIC, SMALL_CRITIC, Critic, CriticShape

SHAPES = [RELEASED_CRITIC, SMALL_CRITIC]


def made(shape: CriticShape, seed: int = 0) -> Critic:
    return Critic(shape, torch.Generator().manual_seed(seed))


def test_the_released_critic_has_the_layers_of_the_page() -> None:
    critic = made(RELEASED_CRITIC)
    convolutions = [m for m in critic.modules() if isinstance(m, nn.Conv2d)]
    assert [c.in_channels for c in convolutions] == [9, 16, 32, 64, 128, 256, 512]
    assert [c.kernel_size for c in convolutions] == [(4, 4)] * 6 + [(3, 3)]
    assert [c.stride for c in convolutions] == [(2, 2)] * 6 + [(1, 1)]
    assert convolutions[-1].bias is None
    slopes = [m.negative_slope for m in critic.modules() if isinstance(m, nn.LeakyReLU)]
    assert slopes == [0.01] * 6
    answer = critic(torch.rand(2, 9, 128, 128))
    # 128 / 2^6 = 2; squeezed by a sigmoid.
    assert answer.shape == (2, 1, 2, 2)
    assert 0 < float(answer.detach().min()) <= float(answer.detach().max()) < 1


def test_its_first_weights_are_xaviers_and_its_constants_standard_normal() -> None:
    layer = made(RELEASED_CRITIC).layers[10]
    assert isinstance(layer, nn.Conv2d)
    # 256 -> 512 channels of 4 x 4: variance 2 / (16 * 256 + 16 * 512).
    assert float(layer.weight.detach().std()) == pytest.approx((2 / (16 * 768)) ** 0.5, rel=0.01)
    assert layer.bias is not None
    assert float(layer.bias.detach().std()) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("shape", SHAPES)
def test_first_weights_come_from_the_generator_alone(shape: CriticShape) -> None:
    before = torch.random.get_rng_state()
    one, same, other = (made(shape, seed).state_dict() for seed in (1, 1, 2))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert all(torch.equal(one[k], same[k]) for k in one)
    assert any(not torch.equal(one[k], other[k]) for k in one)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_score_of_a_patch_does_not_depend_on_its_neighbours(shape: CriticShape) -> None:
    critic = made(shape).eval()
    patches = torch.rand(3, shape.in_channels, 64, 64)
    with torch.no_grad():
        together, alone = critic(patches), critic(patches[1:2])
    torch.testing.assert_close(together[1:2], alone)


def test_no_convolution_of_the_small_critic_stretches_more_than_by_one() -> None:
    critic = made(SMALL_CRITIC)
    # Every look refines the estimate of the largest singular value.
    for _ in range(30):
        critic(torch.rand(1, 7, 32, 32))
    convolutions = [m for m in critic.modules() if isinstance(m, nn.Conv2d)]
    assert [c.out_channels for c in convolutions] == [*SMALL_CRITIC.widths, 1]
    for layer in convolutions:
        largest = torch.linalg.matrix_norm(layer.weight.detach().flatten(1), ord=2)
        assert float(largest) == pytest.approx(1, rel=0.05)


def test_critics_work_under_bfloat16_autocast() -> None:
    critic = made(SMALL_CRITIC)
    with torch.autocast("cpu", torch.bfloat16):
        scores = critic(torch.rand(2, 7, 64, 64))
        scores.float().mean().backward()
    assert all(torch.isfinite(p.grad).all() for p in critic.parameters() if p.grad is not None)
    assert scores.shape[:2] == (2, 1)
