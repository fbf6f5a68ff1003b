"""Optimisers and the learning rate, which is a function of the step and therefore needs no state."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn


@dataclass(frozen=True, slots=True)
class Optimisation:
    """How one module learns."""

    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    betas: tuple[float, float] = (0.9, 0.999)
    #: "cosine": rises over ``warm_share`` of the steps, stays until ``hold_share`` of them, and falls to 1 % at the
    #: end; "constant": only rises.
    shape: Literal["cosine", "constant"] = "cosine"
    warm_share: float = 0.1
    hold_share: float = 0.0
    #: Longest gradient, over all parameters; 0 means any length.
    clip: float = 0.0

    def rate(self, step: int, steps: int) -> float:
        """Learning rate of ``step``, 1 to ``steps``."""
        warm = max(1, round(self.warm_share * steps))
        if step <= warm:
            return self.learning_rate * step / warm
        held = max(warm, round(self.hold_share * steps))
        if self.shape == "constant" or step <= held:
            return self.learning_rate
        done = (step - held) / max(1, steps - held)
        return self.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done)))

    def optimiser(self, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        """AdamW with these settings."""
        return torch.optim.AdamW(
            list(parameters),
            lr=self.learning_rate,
            betas=self.betas,
            weight_decay=self.weight_decay,
        )
