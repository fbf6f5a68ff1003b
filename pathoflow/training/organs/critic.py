"""Critics of patches: strided convolutions that answer a small map of scores, high where the patch looks true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn
from torch.nn.utils import parametrizations


@dataclass(frozen=True, slots=True)
class CriticShape:
    """Layers of a critic.

    Each of ``widths`` is a 4 x 4 convolution of stride 2 and a leaky ReLU, so a patch must have a side of at least
    ``2 ** len(widths)`` pixels and is answered by a map of ``side / 2 ** len(widths)``.
    """

    in_channels: int
    widths: tuple[int, ...]
    #: Slope of the leaky ReLU below zero.
    slope: float = 0.2
    #: Every convolution divided by its largest singular value, which bounds how steep a critic can be.
    spectral: bool = True
    #: Scores squeezed into 0 to 1.
    sigmoid: bool = False
    #: Whether the convolution that makes the scores has a constant.
    head_bias: bool = True
    #: First weights: those of torch, or Xavier's normal ones with constants from N(0, 1).
    start: Literal["torch", "xavier"] = "torch"


#: The critic of the released EVS-Net code: 9 channels, six layers, made for patches of 128 pixels.
RELEASED_CRITIC = CriticShape(
    in_channels=9,
    widths=(16, 32, 64, 128, 256, 512),
    slope=0.01,
    spectral=False,
    sigmoid=True,
    head_bias=False,
    start="xavier",
)

#: A small critic that cannot get steep, for a few labelled patches.
SMALL_CRITIC = CriticShape(in_channels=7, widths=(16, 32, 48, 48))

#: The same with one layer less: a score for every 8 x 8 pixels, each from 38 x 38 of them.
LOCAL_CRITIC = CriticShape(in_channels=7, widths=(16, 32, 48))


class Critic(nn.Module):
    """``(n, in_channels, h, w)`` -> ``(n, 1, h', w')`` of scores.

    No layer normalises over the batch, so the score of a patch does not depend on its neighbours. The first weights
    come from ``generator`` alone.
    """

    def __init__(self, shape: CriticShape, generator: torch.Generator) -> None:
        super().__init__()
        seed = int(torch.randint(2**62, (), generator=generator, device=generator.device))
        # Layers and spectral norms draw from torch's own generator: it is given back as it was.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.layers = _layers(shape)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores of every part of every patch."""
        scores: torch.Tensor = self.layers(x)
        return scores


def _layers(shape: CriticShape) -> nn.Sequential:
    layers: list[nn.Module] = []
    channels = shape.in_channels
    for width in shape.widths:
        layers += [_convolution(channels, width, 4, shape), nn.LeakyReLU(shape.slope)]
        channels = width
    layers.append(_convolution(channels, 1, 3, shape))
    if shape.sigmoid:
        layers.append(nn.Sigmoid())
    return nn.Sequential(*layers)


def _convolution(channels: int, width: int, kernel: int, shape: CriticShape) -> nn.Module:
    """A halving convolution (kernel 4), or the one that makes the scores (kernel 3)."""
    halving = kernel == 4
    layer = nn.Conv2d(
        channels, width, kernel, 2 if halving else 1, 1, bias=halving or shape.head_bias
    )
    if shape.start == "xavier":
        nn.init.xavier_normal_(layer.weight)
        if layer.bias is not None:
            nn.init.normal_(layer.bias)
    return parametrizations.spectral_norm(layer) if shape.spectral else layer
