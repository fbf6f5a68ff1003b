"""Losses of masks and of critics, one function per formula.

``p`` are probabilities, ``t`` the truth, ``w`` what a pixel counts for: 0 where nothing is known. Sums run over the
whole batch. Everything is summed in at least 32 bits, since bfloat16 counts only to 256.
"""

from __future__ import annotations

import torch
from torch.nn import functional

#: Added to the band's area, so that a few pixels of edge do not rule a whole step.
_BAND_FLOOR_PX = 16


def wide(x: torch.Tensor) -> torch.Tensor:
    """``x`` in 32 bits, or in more if it came so."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


def soft_dice(
    probabilities: torch.Tensor, truth: torch.Tensor, weight: torch.Tensor, smooth: float = 1.0
) -> torch.Tensor:
    """``1 - (2 I + s) / (P + M + s)`` over pixels of any weight: ``I = sum p t``, ``P = sum p``, ``M = sum t``.

    With ``s`` above and below the line, nothing predicted where nothing is costs nothing.
    """
    p = wide(probabilities)
    known = (weight > 0).to(p.dtype)
    p, t = p * known, truth * known
    return 1 - (2 * (p * t).sum() + smooth) / (p.sum() + t.sum() + smooth)


def weighted_cross_entropy(
    logits: torch.Tensor, truth: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    """``- sum w (t log p + (1 - t) log(1 - p)) / max(1, sum w)``."""
    z = wide(logits)
    cost = functional.binary_cross_entropy_with_logits(z, truth.to(z.dtype), reduction="none")
    weights = weight.to(z.dtype).expand_as(cost)
    return (cost * weights).sum() / weights.sum().clamp(min=1)


def segmentation_loss(
    logits: torch.Tensor, truth: torch.Tensor, weight: torch.Tensor
) -> torch.Tensor:
    """:func:`weighted_cross_entropy` plus :func:`soft_dice` with ``s = 1``."""
    dice = soft_dice(torch.sigmoid(wide(logits)), truth, weight)
    return weighted_cross_entropy(logits, truth, weight) + dice


def class_dice(
    probabilities: torch.Tensor, truth: torch.Tensor, weight: torch.Tensor, smooth: float = 1.0
) -> torch.Tensor:
    """The mean of :func:`soft_dice` over the classes ``(n, k, h, w)`` that ``truth`` holds any of.

    Every class weighs the same, however few its pixels are; one that the batch does not hold is left to the cross entropy.
    """
    p = wide(probabilities)
    known = (weight > 0).to(p.dtype)
    p, t = p * known, truth.to(p.dtype) * known
    over = (0, *range(2, p.ndim))
    overlap, area = (p * t).sum(over), t.sum(over)
    dice = 1 - (2 * overlap + smooth) / (p.sum(over) + area + smooth)
    there = (area > 0).to(p.dtype)
    return (dice * there).sum() / there.sum().clamp(min=1)


def released_dice(probabilities: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """``1 - mean_i 2 (I_i + 1) / (P_i + M_i + 1)``, as the released EVS-Net code has it, defect and all.

    The smoothing counts twice above the line: a perfect answer costs less than nothing, and an empty answer to an empty
    picture costs -1, so that pictures without a vessel weigh most. For ``variant="released"`` only.
    """
    p, t = wide(probabilities).flatten(1), wide(truth).flatten(1)
    overlap, total = (p * t).sum(1), p.sum(1) + t.sum(1)
    return 1 - (2 * (overlap + 1) / (total + 1)).mean()


def confident_cross_entropy(
    logits: torch.Tensor, teacher: torch.Tensor, low: float = 0.2, high: float = 0.8
) -> torch.Tensor:
    """Cross entropy to the teacher's hard labels over ``C = {q < low or q > high}``, divided by ``max(1, |C|)``.

    ``teacher`` holds probabilities ``q``; pixels between the limits say nothing, and no gradient reaches the teacher.
    """
    q = teacher.detach()
    sure = ((q < low) | (q > high)).to(q.dtype)
    return weighted_cross_entropy(logits, (q > 0.5).to(q.dtype), sure)


def band_consistency(
    probabilities: torch.Tensor, other: torch.Tensor, band: torch.Tensor
) -> torch.Tensor:
    """``sum b (p - q)^2 / (sum b + 16)``: squared error to another map ``q`` within a band about the edge."""
    b = wide(band)
    error = (wide(probabilities) - wide(other)).square()
    return (b * error).sum() / (b.sum() + _BAND_FLOOR_PX)


def hinge_true(scores: torch.Tensor) -> torch.Tensor:
    """``max(0, 1 - d)`` of each score of something true."""
    return functional.relu(1 - scores)


def hinge_fake(scores: torch.Tensor) -> torch.Tensor:
    """``max(0, 1 + d)`` of each score of something false."""
    return functional.relu(1 + scores)


def hinge_critic_loss(true: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    """``E max(0, 1 - D(true)) + E max(0, 1 + D(fake))``."""
    return hinge_true(true).mean() + hinge_fake(fake).mean()


def wasserstein_critic_loss(true: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    """``E D(fake) - E D(true)``; needs the gradient penalty beside it."""
    return fake.mean() - true.mean()


def adversarial_loss(scores: torch.Tensor) -> torch.Tensor:
    """``- E D``: what makes a critic take a prediction for true."""
    return -scores.mean()
