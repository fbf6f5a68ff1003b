"""The network: one encoder, a head that judges the vessel, and a head that judges every place of the grid.

    x ``(n, 3, S, S)`` -> encoder -> features ``(n, c, g, g)``, one per place
                                        ├─> mean over the cells -> healthy or MVI        ``(n, 2)``
                                        └─> three graph convolutions -> class per place  ``(n, 3, g, g)``

Pixels enter as absorbed light, so that white is 0: a blank place, and a place that is multiplied by 0, look the same.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from pathoflow.errors import NetworkError
from pathoflow.loopnet.grid import GridSettings
from pathoflow.loopnet.made_of import ModelSettings

#: Classes of a vessel, and of a place.
HEALTHY, MVI = 0, 1
BACKGROUND, NORMAL, CANCER = 0, 1, 2
#: Places whose class nobody knows.
UNKNOWN = -1


def absorbed(rgb: torch.Tensor) -> torch.Tensor:
    """``4 (1 - rgb)``: white is 0 and the spread about 1; ``rgb`` from 0 to 1."""
    return (1 - rgb) * 4


def grid_adjacency(side: int) -> torch.Tensor:
    """``D^-1/2 (A + I) D^-1/2`` of a square grid whose places touch up to eight others: ``(side², side²)``.

    Kipf and Welling 2017; D holds the row sums of A + I.
    """
    row, column = torch.arange(side).repeat_interleave(side), torch.arange(side).repeat(side)
    apart = torch.maximum((row[:, None] - row).abs(), (column[:, None] - column).abs())
    touching = (apart <= 1).float()
    root = touching.sum(1).rsqrt()
    return root[:, None] * touching * root


class GraphConvolution(nn.Module):
    """``H' = Â H W (+ H W_own) + b`` over places ``(n, places, channels)``."""

    def __init__(self, channels: int, out: int, keeps_own: bool) -> None:
        super().__init__()
        self.shared = nn.Linear(channels, out)
        self.own = nn.Linear(channels, out, bias=False) if keeps_own else None

    def forward(self, places: torch.Tensor, adjacency: torch.Tensor) -> torch.Tensor:
        """One round of looking at the neighbours."""
        out: torch.Tensor = adjacency @ self.shared(places)
        return out if self.own is None else out + self.own(places)


class Locator(nn.Module):
    """The locating head: which places hold cancer cells."""

    adjacency: torch.Tensor

    def __init__(self, channels: int, side: int, settings: ModelSettings) -> None:
        super().__init__()
        widths = (channels, *settings.hidden, 3)
        self.layers = nn.ModuleList(
            GraphConvolution(a, b, keeps_own=settings.keeps_own) for a, b in pairwise(widths)
        )
        self.drops = nn.ModuleList(nn.Dropout(share) for share in settings.dropout)
        # A constant, so it is not kept with the weights.
        self.register_buffer("adjacency", grid_adjacency(side), persistent=False)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """``(n, c, g, g)`` to logits ``(n, 3, g, g)``."""
        n, _, height, width = features.shape
        places: torch.Tensor = features.flatten(2).transpose(1, 2)
        for layer, drop in zip(self.layers[:-1], self.drops, strict=True):
            places = drop(functional.relu(layer(places, self.adjacency)))
        places = self.layers[-1](places, self.adjacency)
        return places.transpose(1, 2).reshape(n, 3, height, width)


class LoopNet(nn.Module):
    """Encoder and both heads; ``encoder`` returns features from fine to coarse, the last has one per place."""

    def __init__(
        self, encoder: nn.Module, channels: int, grid: GridSettings, settings: ModelSettings
    ) -> None:
        super().__init__()
        self.place_px, self.pooling = grid.place_px, settings.pooling
        self.encoder = encoder
        self.classifier = nn.Linear(channels, 2)
        self.locator = Locator(channels, grid.side, settings)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """Absorbed light ``(n, 3, S, S)`` to ``(n, c, g, g)``."""
        found: torch.Tensor = self.encoder(x)[-1]
        return found

    def classify(self, x: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
        """Logits of healthy and MVI, ``(n, 2)``; ``x`` says which places hold cells."""
        if self.pooling == "everywhere":
            pooled = features.mean((2, 3))
        else:
            filled = self.filled(x).to(features.dtype)
            pooled = (features * filled).sum((2, 3)) / filled.sum((2, 3)).clamp(min=1)
        logits: torch.Tensor = self.classifier(pooled)
        return logits

    def filled(self, x: torch.Tensor) -> torch.Tensor:
        """Which places are not blank, ``(n, 1, g, g)``."""
        return functional.max_pool2d(x.abs().amax(1, keepdim=True), self.place_px) > 0

    def locate(self, features: torch.Tensor) -> torch.Tensor:
        """Logits of background, normal and cancer cell, ``(n, 3, g, g)``."""
        logits: torch.Tensor = self.locator(features)
        return logits

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits of the vessels and of their places."""
        features = self.features(x)
        return self.classify(x, features), self.locate(features)


def build_loopnet(settings: ModelSettings, grid: GridSettings) -> LoopNet:
    """The network with fresh weights; pretrained ones are never downloaded.

    Raises
    ------
    NetworkError
        The encoder is not known, or does not halve its input as often as a place asks for.
    """
    from pathoflow.networks.torchvision_cpu import prepare_torchvision

    prepare_torchvision()
    from segmentation_models_pytorch.encoders import get_encoder

    halvings = grid.place_px.bit_length() - 1
    try:
        encoder = get_encoder(settings.encoder, in_channels=3, depth=halvings, weights=None)
    except (KeyError, ValueError, RuntimeError, TypeError) as error:
        reason = str(error.args[0] if error.args else error).split(", supported")[0].rstrip(".")
        raise NetworkError(
            f"encoder {settings.encoder!r} cannot be built for places of {grid.place_px} px: {reason}. "
            "Correct the encoder's name."
        ) from error
    return LoopNet(encoder, encoder.out_channels[-1], grid, settings)


def ask(
    model: LoopNet, pixels: NDArray[np.uint8], at_once: int = 16
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What a trained network says of grids ``(n, S, S, 3)``, without gradients.

    Returns
    -------
    Log-odds of MVI, shape ``(n,)``, and the probability of a cancer cell on every place, shape ``(n, side²)``.
    """
    device = next(model.parameters()).device
    model.eval()
    odds, cancer = [np.zeros(0)], []
    for start in range(0, len(pixels), at_once):
        rgb = torch.from_numpy(pixels[start : start + at_once]).to(device).permute(0, 3, 1, 2)
        with torch.inference_mode():
            verdict, places = model(absorbed(rgb.float() / 255))
        odds.append((verdict[:, MVI] - verdict[:, HEALTHY]).double().cpu().numpy())
        cancer.append(places.softmax(1)[:, CANCER].flatten(1).double().cpu().numpy())
    return np.concatenate(odds), np.concatenate(cancer) if cancer else np.zeros((0, 0))
