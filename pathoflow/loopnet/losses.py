r"""The losses of LoopNet, one function per equation.

L      = L_cls + alpha L_loc + beta L_loop
L_cls  = sum_i CE_i / GD(g_i)                      gradient harmonised (Li et al. 2019), g_i = 1 - p_i(true class)
L_loc  = mean of CE over the places that are known
L_loop = CE(c(x * area_pos), MVI) + CE(c(x * area_neg), healthy)          MVI vessels only

area_pos = up(q_cancer),   area_neg = up(q_background + q_normal) = 1 - area_pos
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from pathoflow.loopnet.model import BACKGROUND, CANCER, HEALTHY, MVI, NORMAL, UNKNOWN, LoopNet


@dataclass(frozen=True, slots=True)
class LossSettings:
    """Weights of the terms, and the bins of the first."""

    #: Weights of L_loc and L_loop (paper).
    alpha: float = 1.0
    beta: float = 0.5
    #: Bins of the gradient's length, and how much of their counts is kept from step to step (Li et al. 2019).
    bins: int = 10
    momentum: float = 0.75


def gradient_length(logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """``g = |p - p*|``: how far the true class's probability is from 1, ``(n,)``; without gradient."""
    true = logits.detach().softmax(1).gather(1, truth[:, None])[:, 0]
    return 1 - true


def count_lengths(lengths: torch.Tensor, bins: int) -> torch.Tensor:
    """How many of ``lengths`` fall into each of ``bins`` equal parts of 0 to 1, ``(bins,)``; the last holds 1."""
    place = (lengths * bins).long().clamp(0, bins - 1)
    return torch.bincount(place, minlength=bins).to(lengths.dtype)


def remembered(kept: torch.Tensor, counts: torch.Tensor, momentum: float) -> torch.Tensor:
    """``S_t = momentum S_(t-1) + (1 - momentum) R_t``; the first batch, when all of ``kept`` is 0, counts fully."""
    return counts if not kept.any() else momentum * kept + (1 - momentum) * counts


def harmony(lengths: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
    """``N / (S_bin(i) M)`` per example, ``(n,)``: easy and hopeless ones, of which there are many, count less.

    ``kept`` are the remembered counts. ``M`` is the number of bins that hold an example of this batch, as in the authors'
    code (their paper has that of all bins): if only this batch is remembered, the weights have a mean of 1.
    """
    bins = len(kept)
    place = (lengths * bins).long().clamp(0, bins - 1)
    crowd: torch.Tensor = kept[place] * place.unique().numel()
    return len(lengths) / crowd


def classification_loss(
    logits: torch.Tensor, truth: torch.Tensor, kept: torch.Tensor
) -> torch.Tensor:
    """``L_cls``: cross entropy of ``(n, 2)`` logits, harmonised by the remembered counts ``kept``."""
    weights = harmony(gradient_length(logits, truth), kept)
    return (weights * functional.cross_entropy(logits, truth, reduction="none")).mean()


def pseudo_labels(filled: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """What is known of places from the vessel's label alone, ``(n, g, g)``.

    ``filled`` ``(n, g, g)`` says where cells are. Blanks are background; cells of healthy vessels are normal; those of MVI
    vessels may be either, and nobody has said which.
    """
    labels = torch.where(filled, NORMAL, BACKGROUND)
    is_open = filled & (truth == MVI)[:, None, None]
    return torch.where(is_open, UNKNOWN, labels)


def locating_loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """``L_loc``: mean cross entropy of ``(n, 3, g, g)`` logits over the places that are known; 0 where none is."""
    total = functional.cross_entropy(logits, labels, ignore_index=UNKNOWN, reduction="sum")
    return total / (labels != UNKNOWN).sum().clamp(min=1)


def areas(logits: torch.Tensor, place_px: int) -> tuple[torch.Tensor, torch.Tensor]:
    """``area_pos, area_neg`` ``(n, 1, S, S)`` from the places' logits: every pixel of a place has its place's share."""
    positive = logits.softmax(1)[:, CANCER : CANCER + 1]
    positive = functional.interpolate(positive, scale_factor=place_px, mode="nearest")
    return positive, 1 - positive


@contextmanager
def fixed(*modules: nn.Module) -> Iterator[None]:
    """Let gradients pass through ``modules`` but leave none in them, nor anything in their batch statistics."""
    before = [module.training for module in modules]
    parameters = [p for module in modules for p in module.parameters() if p.requires_grad]
    for module in modules:
        module.eval()
    for parameter in parameters:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in parameters:
            parameter.requires_grad_(True)
        for module, was in zip(modules, before, strict=True):
            module.train(was)


def loop_loss(model: LoopNet, x: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
    """``L_loop`` of MVI vessels ``x`` ``(n, 3, S, S)``, absorbed light, with their features; 0 where there are none.

    The cells that the locator calls cancer must look like MVI by themselves, and the vessel without them must look
    healthy. Only the locator learns from it: encoder and classifier are asked as they are, and the features that the
    areas come from are cut off.
    """
    if not len(x):
        return features.sum() * 0
    positive, negative = areas(model.locate(features.detach()), model.place_px)
    shown = torch.cat([x * positive, x * negative])
    with fixed(model.encoder, model.classifier):
        verdict = model.classify(shown, model.features(shown))
    n = len(x)
    is_mvi = torch.full((n,), MVI, device=x.device)
    is_healthy = torch.full((n,), HEALTHY, device=x.device)
    return functional.cross_entropy(verdict[:n], is_mvi) + functional.cross_entropy(
        verdict[n:], is_healthy
    )
