"""Patches moved and stained anew: turns, flips and zooms of the square, and stain in optical density, batch by batch.

Labs differ in stain, section thickness and scanner, all of which act on optical density; so that is where channels are
mixed, scaled and lifted. Every patch of a batch gets its own draw, from a generator that the caller passes, on whatever
device the pixels are.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How far patches are changed."""

    #: Side of what the network is shown.
    crop_px: int = 256
    #: Share of patches that are zoomed, and how far: larger and smaller vessels than the patches hold.
    zoomed: float = 0.5
    zoom: tuple[float, float] = (0.7, 2.0)
    #: Stain: deviations of channel mixing, of common and of single gains; how far white may fall.
    mixing: float = 0.08
    gain_common: float = 0.15
    gain: float = 0.10
    darkening: float = 0.06
    #: Share of patches that are blurred by 3 x 3 pixels; deviation of the noise, at most.
    blurred: float = 0.3
    noise: float = 0.02
    #: Objects smaller than this count more (`pathoflow.training.feed.pixel_weights`); 0 for all alike.
    small_object_px: int = 2000


def move(
    soft: torch.Tensor, hard: torch.Tensor, how: Augmentation, draw: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Random crops, zooms, turns and flips: one per patch, the same for all of its channels.

    ``soft`` ``(n, a, h, w)`` is interpolated, ``hard`` ``(n, b, h, w)`` keeps its values; both come back with side
    ``crop_px``. Patches that are smaller than that at their zoom are zoomed in as far as it takes.
    """
    n, _, height, width = soft.shape
    zoom = torch.ones(n)
    low, high = how.zoom
    zoomed = torch.rand(n, generator=draw) < how.zoomed
    zoom[zoomed] = (low * (high / low) ** torch.rand(n, generator=draw))[zoomed]
    span = (how.crop_px / zoom).clamp(max=min(height, width))
    # Whole pixels, so that a patch that is not zoomed is copied rather than interpolated.
    span = torch.where(zoomed, span, span.round())
    chance, room = torch.rand(n, 2, generator=draw), torch.stack([height - span, width - span], 1)
    corner = torch.where(zoomed[:, None], chance * room, (chance * (room + 1)).floor())
    symmetry = torch.randint(8, (n,), generator=draw)
    grid = _grid(span, corner, symmetry, (height, width), how.crop_px).to(soft.device)
    # Where a patch shrinks, every other pixel would be skipped.
    shrink = span / how.crop_px
    smooth = torch.where(
        (shrink > 1.2)[:, None, None, None].to(soft.device),
        functional.avg_pool2d(soft, 3, stride=1, padding=1, count_include_pad=False),
        soft,
    )
    moved = functional.grid_sample(
        smooth, grid, mode="bilinear", padding_mode="border", align_corners=False
    )
    kept = functional.grid_sample(
        hard, grid, mode="nearest", padding_mode="border", align_corners=False
    )
    return moved, kept


def _grid(
    span: torch.Tensor,
    corner: torch.Tensor,
    symmetry: torch.Tensor,
    shape: tuple[int, int],
    side: int,
) -> torch.Tensor:
    """Where each pixel of a ``side`` square comes from, ``(n, side, side, 2)`` as (x, y) in -1 to 1."""
    centres = (torch.arange(side) + 0.5) / side
    v, u = torch.meshgrid(centres, centres, indexing="ij")
    places = []
    for k in symmetry.tolist():
        y, x = (u, v) if k & 4 else (v, u)
        y = 1 - y if k & 2 else y
        x = 1 - x if k & 1 else x
        places.append(torch.stack([x, y], -1))
    unit = torch.stack(places)
    scale = span[:, None, None, None]
    offset = corner.flip(1)[:, None, None, :]
    size = torch.tensor([shape[1], shape[0]], dtype=torch.float32)
    return (unit * scale + offset) / size * 2 - 1


def stain(rgb: torch.Tensor, how: Augmentation, draw: torch.Generator) -> torch.Tensor:
    """Another lab's stain on every patch of ``(n, 3, h, w)``, 0 to 1: densities mixed, scaled and lifted, some blur."""
    n = len(rgb)

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=draw).to(rgb.device)

    density = -torch.log10(rgb.clamp(1 / 255, 1))
    mixing = torch.eye(3, device=rgb.device) + how.mixing * normal(n, 3, 3)
    gain = torch.exp(how.gain_common * normal(n, 1) + how.gain * normal(n, 3))
    density = torch.einsum("nij,njhw->nihw", mixing, density) * gain[:, :, None, None]
    white = 1 - how.darkening * torch.rand(n, 1, 1, 1, generator=draw).to(rgb.device)
    out = white * 10 ** (-density.clamp(0, 3))
    blurred = functional.avg_pool2d(out, 3, stride=1, padding=1, count_include_pad=False)
    chosen = torch.rand(n, 1, 1, 1, generator=draw).to(rgb.device) < how.blurred
    out = torch.where(chosen, blurred, out)
    strength = how.noise * torch.rand(n, 1, 1, 1, generator=draw).to(rgb.device)
    return (out + strength * normal(*out.shape)).clamp(0, 1)
