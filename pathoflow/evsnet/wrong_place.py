"""Masks that are as large as the true ones and stand in the wrong place.

A critic that only knew wrong *sizes* would measure areas and never look at the picture. Of a mask ``(1, h, w)`` of 0 and
1 each function here makes another with exactly as many pixels.
"""

from __future__ import annotations

import math

import torch
from torch.nn import functional

from pathoflow.training.organs.symmetry import random_turns, turn


def shifted(mask: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Moved by 1/12 to 3/8 of the side in any direction; what leaves at one border enters at the other."""
    side = min(mask.shape[-2:])
    angle, far = (float(u) for u in _uniform(2, generator))
    reach = side * (1 / 12 + (3 / 8 - 1 / 12) * far)
    dy = round(reach * math.sin(2 * math.pi * angle))
    dx = round(reach * math.cos(2 * math.pi * angle))
    return mask.roll((dy, dx), (-2, -1))


def deformed(mask: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Bent smoothly, by up to about 1/5 of the side, and brought back to its area."""
    height, width = mask.shape[-2:]
    coarse = torch.randn((1, 2, 4, 4), generator=generator, device=generator.device)
    reach = 0.08 + 0.12 * float(_uniform(1, generator)[0])
    # A grid runs from -1 to 1, so half a side is 1.
    bend = functional.interpolate(
        coarse.to(mask.device) * 2 * reach, (height, width), mode="bicubic", align_corners=True
    )
    rows, columns = (torch.linspace(-1, 1, s, device=mask.device) for s in (height, width))
    straight = torch.stack(torch.meshgrid(rows, columns, indexing="ij")[::-1], -1)
    bent = straight + bend[0].movedim(0, -1)
    field = functional.grid_sample(
        _nearness(mask)[None], bent[None], padding_mode="border", align_corners=True
    )
    return with_area_of(field[0], mask)


def of_another(mask: torch.Tensor, other: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """The mask of another picture, turned at random and grown or shrunk to the area of ``mask``."""
    (k,) = random_turns(1, generator)
    # A turn of a picture that is not square would not fit.
    fits = other.shape[-1] == other.shape[-2] or k % 2 == 0
    return with_area_of(_nearness(turn(other, k if fits else k - 1)), mask)


def with_area_of(field: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """1 at the greatest values of ``field`` ``(1, h, w)``, at as many pixels as ``mask`` has."""
    area = int((mask > 0.5).sum())
    chosen = torch.zeros_like(mask).flatten()
    chosen[field.flatten().topk(area).indices] = 1
    return chosen.reshape(mask.shape)


def overlap(masks: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """Intersection over union of each pair of masks ``(n, 1, h, w)``; 1 where both are empty."""
    a, b = masks.flatten(1) > 0.5, others.flatten(1) > 0.5
    both, either = (a & b).sum(1), (a | b).sum(1)
    return torch.where(either > 0, both / either.clamp(min=1), 1.0)


def _nearness(mask: torch.Tensor) -> torch.Tensor:
    """Falls with the distance from ``mask`` and rises with the depth inside it: its means at every scale, added up."""
    total = mask.clone()
    height, width = mask.shape[-2:]
    for halvings in range(1, int(math.log2(min(height, width)))):
        size = (max(1, height >> halvings), max(1, width >> halvings))
        coarse = functional.adaptive_avg_pool2d(mask, size)
        total += functional.interpolate(coarse[None], (height, width), mode="bilinear")[0]
    return total


def _uniform(n: int, generator: torch.Generator) -> list[float]:
    drawn = torch.rand(n, generator=generator, device=generator.device)
    return [float(u) for u in drawn.tolist()]
