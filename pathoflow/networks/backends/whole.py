"""A network with everything around it as one torch module, so that every way to run it computes the same."""

from __future__ import annotations

import torch
from torch import nn

from pathoflow.networks.card import NetworkCard


class Whole(nn.Module):
    """From ``(n, h, w, 3)`` bytes to ``(n, classes, h, w)`` bytes, and the sum of all logits, which is NaN if one is.

    ``(pixel / 255 - mean) / std`` becomes ``pixel * scale + shift``.
    """

    scale: torch.Tensor
    shift: torch.Tensor

    def __init__(self, module: nn.Module, card: NetworkCard) -> None:
        super().__init__()
        self.module = module
        mean = torch.tensor(card.normalisation.mean, dtype=torch.float64)
        std = torch.tensor(card.normalisation.std, dtype=torch.float64)
        self.register_buffer("scale", (1 / (255 * std)).float())
        self.register_buffer("shift", (-mean / std).float())
        self._is_shifted = bool(mean.any())

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Maps of probability as bytes, and the sum of the logits behind them."""
        logits = self.module(self.normalised(pixels)).float()
        maps = torch.sigmoid(logits).mul_(255).round_().to(torch.uint8)
        # A sum is one pass over what is there anyway, and no NaN is lost in it.
        return maps.contiguous(), logits.sum()

    def normalised(self, pixels: torch.Tensor) -> torch.Tensor:
        """Pixels as the network wants them: ``(n, 3, h, w)`` float32, channels last in memory."""
        n, h, w, _ = pixels.shape
        # Row by row: three channels alone are too short a run for vector instructions (8 times slower).
        rows = pixels.reshape(n, h, w * 3).float()
        rows = rows.mul_(self.scale.repeat(w))
        if self._is_shifted:
            rows = rows.add_(self.shift.repeat(w))
        # n h w c -> n c h w as a view: that is what torch calls channels_last, and the fast layout on CPU and CUDA.
        return rows.view(n, h, w, 3).permute(0, 3, 1, 2)
