"""Copy-paste: labelled foregrounds cut out of some patches and laid onto others.

A pasted-on place may hold objects of its own. Where those are labelled, their mask stays; where nothing is known
nothing becomes known; and a patch without any label is refused, since its unlabelled objects would be taught as
background.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from pathoflow.errors import UsageError
from pathoflow.training.organs.morphology import box_blur
from pathoflow.training.organs.symmetry import random_turns, turn_each


@dataclass(frozen=True, slots=True)
class LabelledPatches:
    """Patches and what is known of them; an empty patch has masks of 0 that are known everywhere."""

    #: ``(n, 3, h, w)``.
    pixels: torch.Tensor
    #: ``(n, k, h, w)`` of 0 and 1.
    masks: torch.Tensor
    #: ``(n, 1, h, w)`` of 0 and 1: where the masks are to be believed.
    known: torch.Tensor


def paste_foregrounds(
    source: LabelledPatches,
    target: LabelledPatches,
    generator: torch.Generator,
    seam_px: int = 3,
) -> LabelledPatches:
    """Lay the foreground of each square ``source`` patch, turned and shifted at random, onto the ``target`` of its place.

    Foreground is every known pixel of any class. Pixels go over into each other within ``seam_px`` (odd) of the cut;
    masks and what is known of them change hands at the cut. What a shift moves out of the patch is cut off.

    Raises
    ------
    UsageError
        Source and target differ in shape, or a target has no known pixel.
    """
    if source.masks.shape != target.masks.shape:
        raise UsageError(
            f"foregrounds of {tuple(source.masks.shape)} do not fit onto patches of {tuple(target.masks.shape)}: "
            "give as many of the same side and classes."
        )
    unlabelled = torch.nonzero(~(target.known > 0).flatten(1).any(1)).flatten().tolist()
    if unlabelled:
        raise UsageError(
            f"patch {unlabelled[0]} of the targets has no label, so its own vessels would be taught as background: "
            "paste onto labelled or known-empty patches."
        )
    parts = torch.cat([source.pixels, source.masks, source.known], 1)
    parts = _shifted(turn_each(parts, random_turns(len(parts), generator)), generator)
    k = source.masks.shape[1]
    pixels, masks, known = parts.split([3, k, 1], 1)
    cut = (masks.amax(1, keepdim=True) > 0.5) & (known > 0)
    # The blur reaches outwards only where the cut-out is, so no pixel of its surroundings is mixed in.
    alpha = torch.minimum(box_blur(cut.to(pixels.dtype), seam_px), cut.to(pixels.dtype))
    return LabelledPatches(
        alpha * pixels + (1 - alpha) * target.pixels,
        torch.where(cut, masks, target.masks),
        torch.where(cut, known, target.known),
    )


def _shifted(parts: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Every sample moved by up to half its side, with zeros (nothing known) behind it."""
    side = parts.shape[-1]
    most = side // 2
    moves = torch.randint(
        -most, most + 1, (len(parts), 2), generator=generator, device=generator.device
    )
    moved = torch.zeros_like(parts)
    for i, (dy, dx) in enumerate(moves.tolist()):
        to = (slice(max(dy, 0), side + min(dy, 0)), slice(max(dx, 0), side + min(dx, 0)))
        off = (slice(max(-dy, 0), side + min(-dy, 0)), slice(max(-dx, 0), side + min(-dx, 0)))
        moved[i, :, to[0], to[1]] = parts[i, :, off[0], off[1]]
    return moved
