from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from pathoflow.training.organs import (
    adversarial_loss,
    band_consistency,
    class_dice,
    confident_cross_entropy,
    hinge_critic_loss,
    hinge_fake,
    hinge_true,
    released_dice,
    segmentation_loss,
    soft_dice,
    wasserstein_critic_loss,
    weighted_cross_entropy,
)

RNG = np.random.default_rng(4)
LOGITS = RNG.normal(size=(3, 1, 4, 5)) * 3
P = 1 / (1 + np.exp(-LOGITS))
T = (RNG.random((3, 1, 4, 5)) < 0.4).astype(float)
W = RNG.integers(0, 4, (3, 1, 4, 5)).astype(float)


def torched(*arrays: object) -> list[torch.Tensor]:
    return [torch.from_numpy(np.asarray(a)) for a in arrays]


def test_dice_counts_overlap_twice_over_both_and_smooths_above_and_below() -> None:
    known = W > 0
    p, t = P * known, T * known
    wanted = 1 - (2 * (p * t).sum() + 1) / (p.sum() + t.sum() + 1)
    p_, t_, w_ = torched(P, T, W)
    assert float(soft_dice(p_, t_, w_)) == pytest.approx(wanted)


def test_dice_of_nothing_in_an_empty_picture_and_of_a_perfect_answer_is_zero() -> None:
    (t,) = torched(T)
    everywhere = torch.ones_like(t)
    assert float(soft_dice(t * 0, t * 0, everywhere)) == 0
    assert float(soft_dice(t, t, everywhere)) == 0


def test_cross_entropy_is_weighted_by_pixel() -> None:
    cost = -(T * np.log(P) + (1 - T) * np.log(1 - P))
    wanted = (cost * W).sum() / W.sum()
    assert float(weighted_cross_entropy(*torched(LOGITS, T, W))) == pytest.approx(wanted)


def test_one_weight_may_serve_several_classes() -> None:
    logits, truth = np.repeat(LOGITS, 2, 1), np.repeat(T, 2, 1)
    one = float(weighted_cross_entropy(*torched(LOGITS, T, W)))
    assert float(weighted_cross_entropy(*torched(logits, truth, W))) == pytest.approx(one)


def test_the_segmentation_loss_is_weighted_cross_entropy_plus_soft_dice() -> None:
    logits = torch.tensor([[[[2.0, -1.0, 0.3], [0.0, 0.5, -2.0]]]])
    truth = torch.tensor([[[[1.0, 0.0, 1.0], [1.0, 0.0, 0.0]]]])
    weight = torch.tensor([[[[1.0, 2.0, 0.0], [4.0, 1.0, 0.0]]]])
    # The last column weighs nothing, so four pixels remain.
    p = [1 / (1 + math.exp(-z)) for z in (2.0, -1.0, 0.0, 0.5)]
    t, w = [1.0, 0.0, 1.0, 0.0], [1.0, 2.0, 4.0, 1.0]
    pairs = list(zip(p, t, strict=True))
    costs = [-(b * math.log(a) + (1 - b) * math.log(1 - a)) for a, b in pairs]
    cross = sum(c * weight for c, weight in zip(costs, w, strict=True)) / sum(w)
    dice = 1 - (2 * sum(a * b for a, b in pairs) + 1) / (sum(p) + sum(t) + 1)
    found = float(segmentation_loss(logits, truth, weight))
    assert found == pytest.approx(cross + dice, rel=1e-5)


def test_a_sure_and_right_answer_costs_nothing_and_a_wrong_one_much() -> None:
    truth = (torch.arange(64).reshape(1, 1, 8, 8) % 3 == 0).float()
    right, weight = (truth * 2 - 1) * 30, torch.ones(1, 1, 8, 8)
    assert float(segmentation_loss(right, truth, weight)) < 1e-4
    assert float(segmentation_loss(-right, truth, weight)) > 10


def test_pictures_without_vessels_or_without_knowledge_cost_what_they_should() -> None:
    nothing, weight = torch.zeros(1, 1, 8, 8), torch.ones(1, 1, 8, 8)
    assert float(segmentation_loss(nothing - 30, nothing, weight)) < 1e-4
    assert float(segmentation_loss(nothing + 30, nothing, weight)) > 10
    # Where nothing is known every answer is as good as any other.
    assert float(segmentation_loss(nothing + 30, nothing, nothing)) == pytest.approx(0, abs=1e-6)


def test_the_released_dice_has_the_defect_that_was_released() -> None:
    p, t = P.reshape(3, -1), T.reshape(3, -1)
    wanted = 1 - np.mean(2 * ((p * t).sum(1) + 1) / (p.sum(1) + t.sum(1) + 1))
    assert float(released_dice(*torched(P, T))) == pytest.approx(wanted)
    empty = torch.zeros(1, 1, 8, 8)
    assert float(released_dice(empty, empty)) == -1
    half = torch.ones(1, 1, 8, 8)
    assert float(released_dice(half, half)) == pytest.approx(1 - 2 * 65 / 129)


def test_only_confident_pixels_are_learned_from_and_their_number_divides() -> None:
    q = RNG.random((3, 1, 4, 5))
    sure = (q < 0.2) | (q > 0.8)
    hard = (q > 0.5).astype(float)
    cost = -(hard * np.log(P) + (1 - hard) * np.log(1 - P))
    logits, teacher = torched(LOGITS, q)
    found = confident_cross_entropy(logits, teacher)
    assert float(found) == pytest.approx(cost[sure].mean())
    nobody_sure = torch.full((3, 1, 4, 5), 0.5)
    assert float(confident_cross_entropy(logits, nobody_sure)) == 0


def test_a_teacher_gets_no_gradient() -> None:
    logits = torch.zeros(1, 1, 2, 2, requires_grad=True)
    teacher = torch.full((1, 1, 2, 2), 0.9, requires_grad=True)
    confident_cross_entropy(logits, teacher).backward()
    assert teacher.grad is None
    # The slope of -log sigmoid(z) at 0 is -1/2, of the mean over four pixels an eighth.
    assert logits.grad is not None
    assert logits.grad.unique().tolist() == [-0.125]


def test_band_consistency_is_squared_error_over_the_band_and_a_floor_of_16_px() -> None:
    q, band = RNG.random((3, 1, 4, 5)), (W > 1).astype(float)
    wanted = (band * (P - q) ** 2).sum() / (band.sum() + 16)
    assert float(band_consistency(*torched(P, q, band))) == pytest.approx(wanted)


def test_critics_losses_are_the_textbooks() -> None:
    true, fake = np.array([2.0, 0.5, -1.0]), np.array([-3.0, 0.25, -0.5])
    a, b = torched(true, fake)
    assert hinge_true(a).tolist() == [0, 0.5, 2]
    assert hinge_fake(b).tolist() == [0, 1.25, 0.5]
    assert float(hinge_critic_loss(a, b)) == pytest.approx(2.5 / 3 + 1.75 / 3)
    assert float(wasserstein_critic_loss(a, b)) == pytest.approx(fake.mean() - true.mean())
    assert float(adversarial_loss(a)) == -0.5


def test_sums_are_right_also_in_bfloat16() -> None:
    """Of 4,096 pixels bfloat16 would count 256 and then stand still."""
    logits = torch.full((1, 1, 64, 64), -1.0, dtype=torch.bfloat16)
    truth = torch.zeros(1, 1, 64, 64)
    truth[..., :32, :] = 1
    weight = torch.ones(1, 1, 64, 64)
    found = segmentation_loss(logits, truth, weight)
    p = 1 / (1 + math.exp(1))
    cross = -(math.log(p) + math.log(1 - p)) / 2
    dice = 1 - (2 * p * 2048 + 1) / (p * 4096 + 2048 + 1)
    assert found.dtype == torch.float32
    assert float(found) == pytest.approx(cross + dice, rel=1e-5)


def test_dice_class_by_class_gives_a_rare_class_the_same_weight() -> None:
    truth = torch.zeros(1, 3, 2, 8)
    truth[0, 0], truth[0, 1, 0, 0] = 1, 1  # 16 pixels, 1 pixel, none
    p = torch.zeros(1, 3, 2, 8)
    p[0, 0], p[0, 2] = 1, 0.5
    weight = torch.ones(1, 1, 2, 8)
    common = 1 - (2 * 16 + 1) / (16 + 16 + 1)
    rare = 1 - (0 + 1) / (0 + 1 + 1)
    # The third class has no pixel here and is left to the cross entropy.
    assert float(class_dice(p, truth, weight)) == pytest.approx((common + rare) / 2)
    assert float(class_dice(p, 0 * truth, weight)) == 0.0
