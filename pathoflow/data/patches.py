"""Patches in memory: pixels, what is outlined on them, where that is to be believed, and whose they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pathoflow.errors import UsageError

#: µm per pixel that differ by less than this share are one scale.
MPP_TOLERANCE = 1e-3


@dataclass(frozen=True, eq=False)
class Pictures:
    """Patches that nobody has outlined: no masks at all, so none can be read by mistake.

    Raises
    ------
    UsageError
        The arrays do not fit together.
    """

    #: ``(n, h, w, 3)`` uint8 RGB.
    pixels: NDArray[np.uint8]
    #: µm per pixel; NaN where the pictures have no scale.
    mpp: float
    #: Patient, or slide where the patient is unknown, of every patch.
    groups: tuple[str, ...]

    def __post_init__(self) -> None:
        _refuse(_picture_problems(self))

    def __len__(self) -> int:
        return len(self.pixels)

    def take(self, indices: ArrayLike) -> Pictures:
        """The patches at ``indices``, in that order."""
        chosen = np.asarray(indices, np.intp)
        return Pictures(self.pixels[chosen], self.mpp, tuple(self.groups[i] for i in chosen))


@dataclass(frozen=True, eq=False)
class PatchSet:
    """Outlined patches.

    Raises
    ------
    UsageError
        The arrays do not fit together.
    """

    #: ``(n, h, w, 3)`` uint8 RGB.
    pixels: NDArray[np.uint8]
    #: ``(n, classes, h, w)``; classes may overlap.
    masks: NDArray[np.bool_]
    #: ``(n, h, w)``: where ``masks`` are to be believed. Elsewhere nobody has looked, or nobody can tell.
    known: NDArray[np.bool_]
    classes: tuple[str, ...]
    #: µm per pixel; NaN where the pictures have no scale.
    mpp: float
    #: Patient, or slide where the patient is unknown, of every patch.
    groups: tuple[str, ...]

    def __post_init__(self) -> None:
        problems = _picture_problems(self)
        n, side = len(self.pixels), tuple(self.pixels.shape[1:3])
        for name, wanted in (("masks", (n, len(self.classes), *side)), ("known", (n, *side))):
            array = getattr(self, name)
            if array.dtype != np.bool_ or array.shape != wanted:
                problems.append(
                    f"{name} must be bool of shape {wanted}, not {array.dtype} of {array.shape}"
                )
        if not self.classes or len(set(self.classes)) < len(self.classes):
            problems.append(f"classes must be named, each once, not {self.classes}")
        _refuse(problems)

    def __len__(self) -> int:
        return len(self.pixels)

    def take(self, indices: ArrayLike) -> PatchSet:
        """The patches at ``indices``, in that order."""
        at = np.asarray(indices, np.intp)
        return self._with(
            self.pixels[at], self.masks[at], self.known[at], tuple(self.groups[i] for i in at)
        )

    def without_labels(self) -> Pictures:
        """The same patches as if nobody had outlined them."""
        return Pictures(self.pixels, self.mpp, self.groups)

    def truth(self, name: str) -> NDArray[np.bool_]:
        """The masks of one class, ``(n, h, w)``.

        Raises
        ------
        UsageError
            There is no such class.
        """
        if name not in self.classes:
            raise UsageError(
                f'no class "{name}" on these patches: choose one of {", ".join(self.classes)}.'
            )
        return self.masks[:, self.classes.index(name)]

    def reduced(self, ratio: int) -> PatchSet:
        """These patches at ``ratio`` times the µm per pixel: mean colours; true where at least half a pixel is.

        Raises
        ------
        UsageError
            The side is no whole multiple of ``ratio``.
        """
        if ratio == 1:
            return self
        n, h, w = self.known.shape
        if ratio < 1 or h % ratio or w % ratio:
            raise UsageError(
                f"patches of {h} x {w} px cannot be reduced {ratio} times: "
                "give a whole number that divides both sides."
            )
        blocks = (h // ratio, ratio, w // ratio, ratio)
        pixels = self.pixels.reshape(n, *blocks, 3).mean((2, 4))

        def majority(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
            share = mask.reshape(*mask.shape[:-2], *blocks).mean((-3, -1))
            return np.asarray(share >= 0.5)

        return PatchSet(
            (pixels + 0.5).astype(np.uint8),
            majority(self.masks),
            majority(self.known),
            self.classes,
            self.mpp * ratio,
            self.groups,
        )

    def cut(self, side: int) -> PatchSet:
        """Squares of ``side`` pixels that cover every patch, overlapping as little as that takes.

        Squares on which nothing is known are left out.

        Raises
        ------
        UsageError
            The patches are smaller than that.
        """
        _, h, w = self.known.shape
        if (h, w) == (side, side):
            return self
        if not 0 < side <= min(h, w):
            raise UsageError(f"patches of {h} x {w} px cannot be cut into squares of {side} px.")
        corners = [(y, x) for y in spread(h, side) for x in spread(w, side)]
        places = [
            (i, y, x)
            for i, known in enumerate(self.known)
            for y, x in corners
            if known[y : y + side, x : x + side].any()
        ]

        def pieces(array: NDArray[Any]) -> NDArray[Any]:
            """Cut arrays whose last axes are (h, w)."""
            found = [array[i, ..., y : y + side, x : x + side] for i, y, x in places]
            return np.stack(found) if found else np.empty((0, *array.shape[1:-2], side, side), bool)

        pixels = np.empty((len(places), side, side, 3), np.uint8)
        for number, (i, y, x) in enumerate(places):
            pixels[number] = self.pixels[i, y : y + side, x : x + side]
        groups = tuple(self.groups[i] for i, _, _ in places)
        return self._with(pixels, pieces(self.masks), pieces(self.known), groups)

    def _with(
        self,
        pixels: NDArray[np.uint8],
        masks: NDArray[np.bool_],
        known: NDArray[np.bool_],
        groups: tuple[str, ...],
    ) -> PatchSet:
        return PatchSet(pixels, masks, known, self.classes, self.mpp, groups)


def join(sets: Sequence[PatchSet]) -> PatchSet:
    """All patches of ``sets``, one after the other.

    Raises
    ------
    UsageError
        There is none, or they differ in classes, µm per pixel or side.
    """
    _check_alike(sets)
    classes = {one.classes for one in sets}
    if len(classes) > 1:
        named = " and ".join(f"({', '.join(names)})" for names in sorted(classes))
        raise UsageError(f"patches of different classes cannot be joined: {named}.")
    return PatchSet(
        np.concatenate([one.pixels for one in sets]),
        np.concatenate([one.masks for one in sets]),
        np.concatenate([one.known for one in sets]),
        sets[0].classes,
        sets[0].mpp,
        tuple(group for one in sets for group in one.groups),
    )


def join_pictures(sets: Sequence[Pictures]) -> Pictures:
    """All pictures of ``sets``, one after the other; errors of `join`."""
    _check_alike(sets)
    return Pictures(
        np.concatenate([one.pixels for one in sets]),
        sets[0].mpp,
        tuple(group for one in sets for group in one.groups),
    )


def spread(length: int, side: int) -> list[int]:
    """Where pieces of ``side`` begin that cover ``length``: evenly apart, the last one ending at the end."""
    n = max(1, math.ceil(length / side))
    return [round(i * (length - side) / max(1, n - 1)) for i in range(n)]


def _check_alike(sets: Sequence[PatchSet] | Sequence[Pictures]) -> None:
    if not sets:
        raise UsageError("no patches to join: name at least one source of them.")
    first = sets[0]
    for other in sets[1:]:
        if not same_mpp(first.mpp, other.mpp):
            raise UsageError(
                f"patches of {first.mpp:g} and {other.mpp:g} µm per pixel cannot be joined: "
                "read both at one."
            )
        here, there = first.pixels.shape[1:3], other.pixels.shape[1:3]
        if here != there:
            raise UsageError(
                f"patches of {here[0]} x {here[1]} and {there[0]} x {there[1]} px cannot be joined: "
                "cut both to one side."
            )


def same_mpp(one: float, other: float) -> bool:
    """Whether two scales are one, within `MPP_TOLERANCE`; two unknown ones are."""
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return abs(one / other - 1) <= MPP_TOLERANCE


def _picture_problems(one: PatchSet | Pictures) -> list[str]:
    problems = []
    shape = one.pixels.shape
    if one.pixels.dtype != np.uint8 or len(shape) != 4 or shape[-1] != 3:
        problems.append(
            f"pixels must be uint8 of shape (n, h, w, 3), not {one.pixels.dtype} of {shape}"
        )
    if len(one.groups) != len(one.pixels):
        problems.append(f"{len(one.pixels)} patches need as many groups, not {len(one.groups)}")
    if not (math.isnan(one.mpp) or 0 < one.mpp < math.inf):
        problems.append(f"µm per pixel must be positive, or NaN where unknown, not {one.mpp:g}")
    return problems


def _refuse(problems: list[str]) -> None:
    if problems:
        raise UsageError(f"these are no patches: {'; '.join(problems)}.")
