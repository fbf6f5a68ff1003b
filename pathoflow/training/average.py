"""A moving average of a network's weights: what is scored, kept and shipped instead of the weights of the last step."""

from __future__ import annotations

import copy
from typing import TypeVar

import torch
from torch import nn

Module = TypeVar("Module", bound=nn.Module)


class Average:
    """``average = decay * average + (1 - decay) * weights`` after every step (Polyak and Juditsky 1992, exponential).

    The first steps count more: the decay begins at 1/11 and grows as ``step / (step + 10)``.
    """

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.module = copy.deepcopy(module).eval().requires_grad_(False)
        self.decay = decay

    @torch.no_grad()
    def update(self, module: nn.Module, step: int) -> None:
        """Take in the weights after ``step``, 1 and up; counters are copied."""
        decay = min(self.decay, step / (step + 10))
        own, new = self.module.state_dict(), module.state_dict()
        for name, value in own.items():
            if value.is_floating_point():
                value.lerp_(new[name].to(value.dtype), 1 - decay)
            else:
                value.copy_(new[name])
