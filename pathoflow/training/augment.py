"""Augmentation of pixels in optical density, where stain, thickness and scanner differ from lab to lab."""

from __future__ import annotations

import torch


def augment(
    pixels: torch.Tensor, masks: torch.Tensor, crop_px: int, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Random crops, turns, flips and stains of a batch.

    ``pixels`` is ``(n, 3, h, w)`` in 0 to 1, ``masks`` is ``(n, 1, h, w)``; both come back with side ``crop_px``.
    """
    cut_pixels, cut_masks = [], []
    for one, mask in zip(pixels, masks, strict=True):
        room_y, room_x = one.shape[1] - crop_px, one.shape[2] - crop_px
        top = int(torch.randint(room_y + 1, (), generator=generator))
        left = int(torch.randint(room_x + 1, (), generator=generator))
        turn = int(torch.randint(4, (), generator=generator))
        flip = bool(torch.randint(2, (), generator=generator))
        both = torch.cat([one, mask])[:, top : top + crop_px, left : left + crop_px].rot90(
            turn, (1, 2)
        )
        both = both.flip(2) if flip else both
        cut_pixels.append(_restain(both[:3], generator))
        cut_masks.append(both[3:])
    return torch.stack(cut_pixels), torch.stack(cut_masks)


def _restain(rgb: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Another lab's stain: optical densities mixed between channels, scaled and lifted; sometimes blurred."""

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator)

    density = -torch.log10(rgb.clamp(1 / 255, 1))
    mixing = torch.eye(3) + 0.08 * normal(3, 3)
    gain = torch.exp(0.15 * normal(1) + 0.10 * normal(3))
    density = torch.einsum("ij,jhw->ihw", mixing, density) * gain[:, None, None]
    white = 1 - 0.06 * torch.rand(1, generator=generator)
    out = white * 10 ** (-density.clamp(0, 3))
    if torch.rand((), generator=generator) < 0.3:
        out = torch.nn.functional.avg_pool2d(
            out[None], 3, stride=1, padding=1, count_include_pad=False
        )[0]
    return (out + 0.02 * torch.rand((), generator=generator) * normal(*out.shape)).clamp(0, 1)
