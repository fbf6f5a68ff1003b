"""Edge-aware self-supervision: near an edge, the answer to a turned picture must be the turned answer.

``predict`` takes pictures ``(n, 3, s, s)`` and answers probabilities ``(n, 1, s, s)``; ``R`` is a symmetry of the
square, exact on the pixel grid.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from pathoflow.training.organs import (
    band_consistency,
    edge_band,
    random_turns,
    turn_each,
    turn_each_back,
)
from pathoflow.training.organs.losses import wide

Predict = Callable[[torch.Tensor], torch.Tensor]


def edge_self_supervision(
    predict: Predict,
    x: torch.Tensor,
    p: torch.Tensor,
    generator: torch.Generator,
    kernel: int = 5,
) -> torch.Tensor:
    """:func:`edge_consistency` of ``p``, the answer to ``x``, and ``R^-1 predict(R x)``; ``R`` any of all eight."""
    turns = random_turns(len(x), generator)
    return edge_consistency(p, turn_each_back(predict(turn_each(x, turns)), turns), kernel)


def edge_consistency(p: torch.Tensor, q: torch.Tensor, kernel: int = 5) -> torch.Tensor:
    """``sum b (p - q)^2 / (sum b + 16)``, ``b = max(B(p > 1/2), B(q > 1/2))``, ``B(m) = Dil(m) - Ero(m)``.

    The band comes from binary masks and passes no gradient on, so that a flat answer is not a way out of it; and the
    mean is that of the band, so that a short edge counts as much as a long one.
    """
    with torch.no_grad():
        hard = [(m > 0.5).to(p.dtype) for m in (p, q)]
        band = torch.maximum(edge_band(hard[0], kernel), edge_band(hard[1], kernel))
    return band_consistency(p, q, band)


def released_self_supervision(
    predict: Predict, x: torch.Tensor, generator: torch.Generator, kernel: int = 5
) -> torch.Tensor:
    """:func:`released_edge_consistency` of the answers to ``x`` and to ``x`` turned by 90 or 180 degrees, one for all."""
    drawn = torch.randint(1, 3, (), generator=generator, device=generator.device)
    quarters = int(drawn)
    turned = predict(torch.rot90(x, quarters, (-2, -1)))
    return released_edge_consistency(predict(x), turned, quarters, kernel)


def released_edge_consistency(
    p: torch.Tensor, turned: torch.Tensor, quarters: int, kernel: int = 5
) -> torch.Tensor:
    """``mean over all pixels of (B(p) p - R^-1[B(p') p'])^2``, ``B(p) = Dil_5(p) - Ero_5(p)``, as in the released code.

    The bands are soft and the gradient flows through them, so that a flat answer costs nothing.
    """
    here, there = (edge_band(q, kernel) * q for q in (wide(p), wide(turned)))
    return (here - torch.rot90(there, -quarters, (-2, -1))).square().mean()
