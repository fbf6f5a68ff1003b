"""The gradient penalty of Wasserstein critics (Gulrajani et al. 2017)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch


def gradient_penalty(
    critic: Callable[[torch.Tensor], torch.Tensor],
    true: torch.Tensor,
    fake: torch.Tensor,
    generator: torch.Generator,
    *,
    of: Literal["sum", "mean"] = "mean",
) -> torch.Tensor:
    r"""``E_i (|grad_z D(z_i)|_2 - 1)^2``, ``z_i = a_i true_i + (1 - a_i) fake_i``, one ``a_i ~ U(0, 1)`` per sample.

    Where the critic answers a map of scores, ``D`` is their ``of``: their mean is what critic losses average, their sum
    is what the released code of EVS-Net and Trans-Net differentiates (the same times the number of scores).
    The result can be differentiated with regard to the critic's parameters; neither ``true`` nor ``fake`` gets a
    gradient.
    """
    shape = (len(true), *[1] * (true.dim() - 1))
    alpha = torch.rand(shape, generator=generator, device=generator.device).to(true)
    between = (alpha * true + (1 - alpha) * fake).detach().requires_grad_()
    scores = critic(between).flatten(1)
    per_sample = scores.sum(1) if of == "sum" else scores.mean(1)
    (slope,) = torch.autograd.grad(per_sample.sum(), between, create_graph=True)
    steepness = torch.linalg.vector_norm(slope.flatten(1).to(alpha.dtype), dim=1)
    penalty: torch.Tensor = (steepness - 1).square().mean()
    return penalty
