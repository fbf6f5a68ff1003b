"""What the critics are shown as true and as false.

Masks enter in :class:`Labelled` only. What comes from unlabelled pictures are *predictions*, in :class:`Predicted`, and
there is no way in for anything else: nothing here can read the mask of an unlabelled picture.

The default reading shows exact masks as true; masks that are pure in the eyes of one critic and of the wrong size in
those of the other are true for the one and false for the other; masks of the right size in the wrong place, and
predictions, are false for both. A false mask is wrong in some places only, and where that is we know on labelled pictures: for
the foreground critic where it holds background, for the background critic where it leaves vessel out. It counts there
and nowhere else (``where="impure"``), so a critic cannot do with measuring areas. ``where="whole"`` calls the whole
mask false instead, as discriminators commonly do; ``tests/evsnet/test_mechanism.py`` shows figures of both.

Negatives in the wrong place, pure masks and local falsehood are ours; neither paper nor released code has them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import torch

from pathoflow.errors import UsageError
from pathoflow.evsnet.purity import Side
from pathoflow.evsnet.wrong_place import deformed, of_another, overlap, shifted
from pathoflow.training.organs import box_blur, dilated, eroded

_OTHER: dict[Side, Side] = {"foreground": "background", "background": "foreground"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """Pictures ``(n, 3, h, w)`` with their vessel masks ``(n, 1, h, w)`` of 0 and 1."""

    pixels: torch.Tensor
    masks: torch.Tensor
    #: ``(n, 1, h, w)``, 0 where a mask is not to be believed; left out, all of it is known.
    known: torch.Tensor | None = None


@dataclass(frozen=True, slots=True)
class Predicted:
    """Pictures ``(n, 3, h, w)`` with what the network makes of them, ``(n, 1, h, w)`` of probabilities."""

    pixels: torch.Tensor
    probabilities: torch.Tensor


@dataclass(frozen=True, slots=True)
class Shown:
    """One group of samples: pictures with *vessel* masks, for both critics."""

    what: str
    true: bool
    pixels: torch.Tensor
    masks: torch.Tensor
    #: Weight of the whole group in the critic's loss.
    weight: float
    #: ``(n, 1, h, w)`` of 0 to 1: where the mask is as true or as false as is said.
    counts: torch.Tensor


@dataclass(frozen=True, slots=True)
class SampleSettings:
    """Weights and kernels of what is shown."""

    exact: float = 1.0
    #: Eroded masks for the foreground critic, dilated ones for the background critic: inside a pure cut-out the score
    #: is as high as at the true edge, so neither critic has a reason to go on where the other one begins.
    pure: float = 1.0
    wrong_size: float = 0.6
    wrong_place: float = 0.6
    on_unlabelled: float = 0.5
    on_labelled: float = 0.3
    #: Odd kernels of dilation and erosion in pixels; these are for patches of 64 pixels and grow with the side.
    kernels: tuple[int, ...] = (3, 5, 7, 9)
    #: Box blurs that masks are softened by, so that softness does not tell predictions from outlines.
    blurs: tuple[int, ...] = (1, 3, 5)
    #: Where a false mask on a labelled picture counts: where its cut-out is impure, or as a whole.
    where: Literal["impure", "whole"] = "impure"
    #: Masks that are false as a whole count for nothing if they overlap the true one by more than this.
    most_overlap: float = 0.9


def shown_to(
    side: Side,
    labelled: Labelled,
    on_labelled: Predicted | None,
    on_unlabelled: Predicted | None,
    draw: tuple[SampleSettings, torch.Generator],
) -> list[Shown]:
    """The default reading: the exact mask is true, whatever its critic must learn to reject is false."""
    settings, generator = draw
    x, truth = labelled.pixels, (labelled.masks > 0.5).to(labelled.pixels.dtype)
    known = torch.ones_like(truth) if labelled.known is None else (labelled.known > 0).to(truth)

    def on_truth(what: str, masks: torch.Tensor, weight: float) -> Shown:
        wrong = _wrong_where(side, (masks > 0.5).to(truth.dtype), truth, settings)
        return Shown(what, False, x, masks, weight, wrong * known)

    def soft(masks: torch.Tensor) -> torch.Tensor:
        return softened(masks, settings.blurs, generator)

    groups = [Shown("exact", True, x, soft(truth), settings.exact, known)]
    if settings.pure:
        tight = wrong_size(_OTHER[side], truth, settings.kernels, generator)
        groups.append(Shown("pure", True, x, soft(tight), settings.pure, known))
    size, place = (
        wrong_size(side, truth, settings.kernels, generator),
        wrong_place(truth, generator),
    )
    for what, masks, weight in (
        ("wrong size", size, settings.wrong_size),
        ("wrong place", place, settings.wrong_place),
    ):
        # Where it is wrong is told by the sharp mask, what is seen is the soft one.
        groups.append(replace(on_truth(what, masks, weight), masks=soft(masks)))
    if on_labelled is not None:
        p = _one_class(on_labelled)
        groups.append(on_truth("on labelled", p, settings.on_labelled))
    if on_unlabelled is not None:
        groups.append(_guess(on_unlabelled, settings.on_unlabelled))
    return groups


def released_shown_to(
    side: Side, labelled: Labelled, on_unlabelled: Predicted, kernel: int = 11
) -> tuple[Shown, Shown]:
    """True and false of the released code: an eroded mask is a true vessel, the rest of a dilated one true background.

    The exact mask itself is never shown. ``kernel`` is 11 for patches of 128 pixels and should grow with them.
    """
    shrink_or_grow = eroded if side == "foreground" else dilated
    masks = shrink_or_grow(labelled.masks, kernel)
    true = Shown("made pure", True, labelled.pixels, masks, 1.0, torch.ones_like(masks))
    return true, _guess(on_unlabelled, 1.0)


def wrong_size(
    side: Side, masks: torch.Tensor, kernels: tuple[int, ...], generator: torch.Generator
) -> torch.Tensor:
    """Masks whose cut-out is impure: dilated for the foreground critic, eroded for the background critic.

    Every sample draws its own of ``kernels``.
    """
    change = dilated if side == "foreground" else eroded
    return torch.cat([change(one, k) for one, k in _with_choice(masks, kernels, generator)])


def wrong_place(masks: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Masks of the same areas, each shifted, deformed or of another picture of the batch."""
    ways = _chosen(len(masks), 3, generator)
    moved = []
    for i, way in enumerate(ways):
        if way == 0:
            moved.append(shifted(masks[i], generator))
        elif way == 1:
            moved.append(deformed(masks[i], generator))
        else:
            moved.append(of_another(masks[i], masks[(i + 1) % len(masks)], generator))
    return torch.stack(moved)


def softened(
    masks: torch.Tensor, blurs: tuple[int, ...], generator: torch.Generator
) -> torch.Tensor:
    """Masks blurred by a box of one of ``blurs``, drawn for each."""
    return torch.cat([box_blur(one, k) for one, k in _with_choice(masks, blurs, generator)])


def _wrong_where(
    side: Side, masks: torch.Tensor, truth: torch.Tensor, settings: SampleSettings
) -> torch.Tensor:
    """1 where a sharp mask of a labelled picture is false in the eyes of the critic of ``side``."""
    if settings.where == "impure":
        return masks * (1 - truth) if side == "foreground" else (1 - masks) * truth
    wrong = (overlap(masks, truth) <= settings.most_overlap).to(truth.dtype)
    return wrong[:, None, None, None].expand_as(truth)


def _one_class(predicted: Predicted) -> torch.Tensor:
    p = predicted.probabilities.detach().to(predicted.pixels.dtype)
    if p.shape[1] != 1:
        raise UsageError(
            f"critics look at one class at a time, but predictions have {p.shape[1]} channels."
        )
    return p


def _guess(predicted: Predicted, weight: float) -> Shown:
    """A prediction nobody can check: false everywhere."""
    p = _one_class(predicted)
    return Shown("on unlabelled", False, predicted.pixels, p, weight, torch.ones_like(p))


def _chosen(n: int, of: int, generator: torch.Generator) -> list[int]:
    drawn = torch.randint(of, (n,), generator=generator, device=generator.device)
    return [int(i) for i in drawn.tolist()]


def _with_choice(
    masks: torch.Tensor, choices: tuple[int, ...], generator: torch.Generator
) -> list[tuple[torch.Tensor, int]]:
    picks = _chosen(len(masks), len(choices), generator)
    return [(masks[i : i + 1], choices[c]) for i, c in enumerate(picks)]
