"""The eight symmetries of a square: exact on the pixel grid, so every turn can be taken back without a trace.

Element ``k`` of 0 to 7 mirrors left and right if ``k >= 4`` and then turns ``k % 4`` quarters counter-clockwise.
"""

from __future__ import annotations

import torch

from pathoflow.errors import UsageError

#: How many elements the group has.
ORDER = 8


def turn(x: torch.Tensor, k: int) -> torch.Tensor:
    """Element ``k`` applied to the last two axes of ``x``; odd ``k`` exchange height and width."""
    return torch.rot90(x.flip(-1) if k >= 4 else x, k % 4, (-2, -1))


def turn_back(x: torch.Tensor, k: int) -> torch.Tensor:
    """What undoes :func:`turn`: ``turn_back(turn(x, k), k)`` is ``x``, to the bit."""
    upright = torch.rot90(x, -(k % 4), (-2, -1))
    return upright.flip(-1) if k >= 4 else upright


def composed(first: int, then: int) -> int:
    """The one element that does what ``first`` and ``then`` do after each other.

    Mirroring reverses the sense of turns made before it.
    """
    quarters = (first % 4) * (-1 if then >= 4 else 1) + then % 4
    return quarters % 4 + (4 if (first >= 4) != (then >= 4) else 0)


def inverse(k: int) -> int:
    """The element that undoes ``k``: mirrorings undo themselves, a turn is undone by its opposite."""
    return k if k >= 4 else -k % 4


def random_turns(n: int, generator: torch.Generator) -> list[int]:
    """One element per sample, each of the eight as likely."""
    drawn = torch.randint(ORDER, (n,), generator=generator, device=generator.device)
    return [int(k) for k in drawn.tolist()]


def turn_each(x: torch.Tensor, turns: list[int]) -> torch.Tensor:
    """Sample ``i`` of square pictures ``(n, ..., s, s)`` turned by ``turns[i]``.

    Raises
    ------
    UsageError
        The pictures are not square, or there is not one turn per picture.
    """
    _check(x, turns)
    return torch.stack([turn(one, k) for one, k in zip(x, turns, strict=True)])


def turn_each_back(x: torch.Tensor, turns: list[int]) -> torch.Tensor:
    """What undoes :func:`turn_each`."""
    _check(x, turns)
    return torch.stack([turn_back(one, k) for one, k in zip(x, turns, strict=True)])


def _check(x: torch.Tensor, turns: list[int]) -> None:
    if x.shape[-1] != x.shape[-2]:
        raise UsageError(
            f"pictures of {x.shape[-2]} x {x.shape[-1]} pixels cannot be turned one by one: cut squares."
        )
    if len(turns) != len(x):
        raise UsageError(f"{len(x)} pictures need {len(x)} turns, {len(turns)} are given.")
