"""Augmentation of pixels in optical density, where stain, thickness and scanner differ from lab to lab."""

from __future__ import annotations

import torch

#: Share of crops that are zoomed, and how far: larger and smaller vessels than the patches hold.
_ZOOMED, _ZOOM = 0.5, (0.7, 2.0)


def augment(
    pixels: torch.Tensor, masks: torch.Tensor, crop_px: int, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Random crops, zooms, turns, flips and stains of a batch.

    ``pixels`` is ``(n, 3, h, w)`` in 0 to 1, ``masks`` is ``(n, k, h, w)``; both come back with side ``crop_px``.
    """
    cut_pixels, cut_masks = [], []
    for one, mask in zip(pixels, masks, strict=True):
        both = _cut(torch.cat([one, mask]), crop_px, generator)
        turn = int(torch.randint(4, (), generator=generator))
        flip = bool(torch.randint(2, (), generator=generator))
        both = both.rot90(turn, (1, 2))
        both = both.flip(2) if flip else both
        cut_pixels.append(_restain(both[:3], generator))
        cut_masks.append(both[3:])
    return torch.stack(cut_pixels), torch.stack(cut_masks)


def _cut(both: torch.Tensor, crop_px: int, generator: torch.Generator) -> torch.Tensor:
    """A random square of the first three channels (colours) and the masks behind them, at a random zoom."""
    zoom = 1.0
    if torch.rand((), generator=generator) < _ZOOMED:
        zoom = float(_ZOOM[0] * (_ZOOM[1] / _ZOOM[0]) ** torch.rand((), generator=generator))
    side = min(round(crop_px / zoom), *both.shape[1:])
    top = int(torch.randint(both.shape[1] - side + 1, (), generator=generator))
    left = int(torch.randint(both.shape[2] - side + 1, (), generator=generator))
    cut = both[None, :, top : top + side, left : left + side]
    if side == crop_px:
        return cut[0]
    size = (crop_px, crop_px)
    colours = torch.nn.functional.interpolate(cut[:, :3], size, mode="bilinear", antialias=True)
    masks = torch.nn.functional.interpolate(cut[:, 3:], size, mode="nearest-exact")
    return torch.cat([colours, masks], 1)[0]


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
