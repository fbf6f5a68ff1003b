"""A roll of nuclei: each is called when it is pressed, and what later layers cover of it is struck off.

A canvas carries a roll only where somebody asks which nuclei are to be seen; pixels do not depend on it. The truth of
nuclei is so made by the very calls that paint them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.shapes.cells import CellKind, Cells

Field = NDArray[np.float32]
Places = tuple[slice, slice] | tuple[NDArray[np.intp], NDArray[np.intp]]
#: A stamp's soft rim, where less than this share of its deepest ink lies, is nobody's.
_CORE = 0.5


@dataclass(frozen=True, eq=False)
class Seen:
    """Nuclei that were pressed, one row each.

    Attributes
    ----------
    places_um
        Centres, rows of (y, x) in µm from the slide's corner, shape ``(n, 2)``.
    kinds
        `CellKind` of each, shape ``(n,)``.
    share
        How much of each is still to be seen, 0 to 1, shape ``(n,)``.
    """

    places_um: NDArray[np.float64]
    kinds: NDArray[np.uint8]
    share: NDArray[np.float64]


@dataclass(eq=False)
class _Called:
    """All nuclei so far; windows of one canvas share it."""

    places_um: list[tuple[float, float]] = field(default_factory=list)
    kinds: list[CellKind] = field(default_factory=list)
    #: Ink of the whole stamp's core, in pixels.
    ink: list[float] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Roll:
    """Whose ink lies on each pixel of a canvas, and how much of it is left."""

    #: Number of the last nucleus pressed there, -1 for none.
    owner: NDArray[np.int32]
    left: Field
    _called: _Called = field(default_factory=_Called)

    @classmethod
    def of(cls, shape: tuple[int, int]) -> Roll:
        """An empty roll for a canvas of ``shape``."""
        return cls(np.full(shape, -1, np.int32), np.zeros(shape, np.float32))

    def window(self, rows: slice, cols: slice) -> Roll:
        """The part of this roll that belongs to a window of its canvas, sharing everything."""
        return Roll(self.owner[rows, cols], self.left[rows, cols], self._called)

    def call(self, cells: Cells) -> int:
        """Enter ``cells``; gives the number of the first, the others follow it."""
        first = len(self._called.kinds)
        self._called.places_um += zip(cells.y_um.tolist(), cells.x_um.tolist(), strict=True)
        self._called.kinds += [cells.kind] * len(cells)
        self._called.ink += [0.0] * len(cells)
        return first

    def press(self, number: int, here: Places, kept: Field, whole: Field) -> None:
        """A stamp falls on the pixels ``here``: what it covers is hidden, its core is its own.

        Parameters
        ----------
        kept
            What it leaves of the dye below, 0 to 1, on the pixels ``here``.
        whole
            The same on the whole stamp, of which the canvas may hold only a part.
        """
        self.hide(1 - kept, here)
        bound = _CORE * (1 - float(whole.min()))
        core = 1 - kept >= bound
        self.owner[here][core] = number
        self.left[here][core] = (1 - kept)[core]
        ink = 1 - whole
        self._called.ink[number] = float(ink[ink >= bound].sum())

    def hide(self, weight: Field, here: Places | None = None) -> None:
        """A layer replaces the share ``weight`` of the dye, of the whole canvas or on the pixels ``here``."""
        self.left[... if here is None else here] *= 1 - weight

    def copied(self) -> Roll:
        """As it stands now; those called later are also known to the copy."""
        return Roll(self.owner.copy(), self.left.copy(), self._called)

    def restore(self, before: Roll, weight: Field) -> None:
        """Undo what was pressed since ``before`` where more than half of the dye is put back."""
        back = weight > 0.5
        self.owner[back], self.left[back] = before.owner[back], before.left[back]

    def seen(self) -> Seen:
        """All nuclei called, with the share of each that is to be seen."""
        number = len(self._called.kinds)
        owned = self.owner >= 0
        left = np.bincount(self.owner[owned], self.left[owned], minlength=number)
        return Seen(
            np.array(self._called.places_um, np.float64).reshape(-1, 2),
            np.array(self._called.kinds, np.uint8),
            left / np.maximum(np.array(self._called.ink), 1e-9),
        )
