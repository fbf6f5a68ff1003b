"""Torch on a CPU: as it stands, in bfloat16 where the CPU multiplies in it, or compiled."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from pathoflow.networks.backends.backend import Answer

Run = Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]


@dataclass(frozen=True)
class CpuBackend:
    """Answers before it returns: while a CPU multiplies, the host has nothing better to do."""

    name: str
    dtype: str
    #: A `Whole`, compiled or not.
    run: Run

    def start(self, pixels: NDArray[np.uint8]) -> Callable[[], Answer]:
        """Compute the answer; what is returned only gives it."""
        reduced = self.dtype != "float32"
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=reduced):
            maps, total = self.run(torch.from_numpy(pixels))
        answer = Answer(maps.numpy(), not math.isnan(total.item()))
        return lambda: answer

    def rest(self) -> None:
        """Torch gives back the memory of every answer by itself."""
