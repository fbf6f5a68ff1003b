"""CutMix: a rectangle of each patch is replaced by the same rectangle of another, answers and all.

What is asked of the network no longer fits the patch as a whole, so it has to be answered from what lies near (French
et al., Semi-supervised semantic segmentation needs strong, varied perturbations, BMVC 2020; half of the area by default
there, up to half of it here).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

#: The rectangle takes this share of the patch, drawn evenly.
AREA = (0.2, 0.5)


def cut_and_mix(
    parts: Sequence[torch.Tensor], share: float, generator: torch.Generator
) -> list[torch.Tensor]:
    """Each of ``parts`` ``(n, k, h, w)`` with the same rectangles taken over from the sample before; the first from the last.

    ``share`` of the samples, drawn by ``generator``, are mixed; the others come back as they are.
    """
    n, _, height, width = parts[0].shape
    boxes = _rectangles(n, (height, width), share, generator).to(parts[0].device)
    return [torch.where(boxes, part.roll(1, 0), part) for part in parts]


def _rectangles(
    n: int, shape: tuple[int, int], share: float, generator: torch.Generator
) -> torch.Tensor:
    """``(n, 1, h, w)``: true inside one rectangle of each chosen sample."""
    height, width = shape
    chosen = torch.rand(n, generator=generator) < share
    low, high = AREA
    area = low + (high - low) * torch.rand(n, generator=generator)
    # As wide as high up to a factor of two, and never higher or wider than the patch.
    stretch = 2 ** (torch.rand(n, generator=generator) - 0.5)
    rows = ((area.sqrt() * stretch).clamp(max=1) * height).round().long()
    columns = ((area.sqrt() / stretch).clamp(max=1) * width).round().long()
    place = torch.rand(n, 2, generator=generator)
    top = (place[:, 0] * (height - rows + 1)).floor().long()
    left = (place[:, 1] * (width - columns + 1)).floor().long()
    y, x = torch.arange(height)[None, :, None], torch.arange(width)[None, None, :]
    inside = (
        (y >= top[:, None, None])
        & (y < (top + rows)[:, None, None])
        & (x >= left[:, None, None])
        & (x < (left + columns)[:, None, None])
    )
    return (inside & chosen[:, None, None])[:, None]
