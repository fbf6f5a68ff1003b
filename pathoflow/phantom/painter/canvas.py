"""A sheet of dye: haematoxylin, eosin and red-cell pigment on every pixel of a box."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.painter.roll import Roll
from pathoflow.phantom.shapes.cells import Extent
from pathoflow.phantom.shapes.noise import slow_noise_at
from pathoflow.space import Box

Field = NDArray[np.float32]
Places = NDArray[np.float64]
#: Outlines of tissue and tumour are evaluated on a lattice of so many pixels and interpolated
#: between.
_COARSE_PX = 8
#: Noise many times wider than this many pixels makes do with fewer points.
_WIDE_PX = 32


class Canvas:
    """Dye on the level-0 pixels of ``box``, painted by mixing towards a tissue's own concentrations.

    Pixel centres are computed from absolute coordinates, so two canvases agree wherever they
    overlap. A ``roll`` keeps the nuclei that are pressed; it changes no dye.
    """

    def __init__(self, box: Box, mpp: float, roll: Roll | None = None) -> None:
        self.box, self.mpp, self.roll = box, mpp, roll
        self.y_um: Places = (np.arange(box.top, box.bottom, dtype=np.float64) + 0.5) * mpp
        self.x_um: Places = (np.arange(box.left, box.right, dtype=np.float64) + 0.5) * mpp
        self.h: Field = np.zeros(box.size.shape, np.float32)
        self.e: Field = np.zeros(box.size.shape, np.float32)
        self.red: Field = np.zeros(box.size.shape, np.float32)

    @property
    def extent(self) -> Extent:
        """The canvas in µm."""
        m = self.mpp
        return Extent(self.box.top * m, self.box.left * m, self.box.bottom * m, self.box.right * m)

    @property
    def places_um(self) -> tuple[Places, Places]:
        """Pixel centres as a column of y and a row of x, ready to broadcast."""
        return self.y_um[:, None], self.x_um[None, :]

    def window(self, extent: Extent) -> Canvas | None:
        """The part of this canvas that covers ``extent``, sharing its dye.

        None where they do not meet.
        """
        lows = np.floor(np.array([extent.top, extent.left]) / self.mpp).astype(int)
        highs = np.ceil(np.array([extent.bottom, extent.right]) / self.mpp).astype(int)
        box = Box.spanning(lows[0], lows[1], highs[0], highs[1]).intersect(self.box)
        if box.is_empty:
            return None
        part = object.__new__(Canvas)
        part.box, part.mpp = box, self.mpp
        rows, cols = box.within(self.box).slices
        part.y_um, part.x_um = self.y_um[rows], self.x_um[cols]
        part.h, part.e, part.red = self.h[rows, cols], self.e[rows, cols], self.red[rows, cols]
        part.roll = None if self.roll is None else self.roll.window(rows, cols)
        return part

    def soft(self, distance_um: Field) -> Field:
        """Weight of what lies inside an outline: 1 inside, 0 outside, one pixel of transition."""
        inside: Field = np.clip(np.float32(0.5) - distance_um * np.float32(1 / self.mpp), 0, 1)
        return inside

    def mix(
        self, weight: Field, h: Field | float, e: Field | float, red: Field | float = 0.0
    ) -> None:
        """Replace the share ``weight`` of the dye by the given concentrations."""
        for sheet, value in ((self.h, h), (self.e, e), (self.red, red)):
            sheet += weight * (np.asarray(value, np.float32) - sheet)
        self.hide(weight)

    def mix_at(
        self, places: tuple[NDArray[np.intp], NDArray[np.intp]], weight: Field, h: Field, e: Field
    ) -> None:
        """`mix` without red cells, on the pixels in the rows and columns ``places`` alone."""
        for sheet, value in ((self.h, h), (self.e, e), (self.red, np.float32(0))):
            sheet[places] += weight * (value - sheet[places])
        if self.roll is not None:
            self.roll.hide(weight, places)

    def hide(self, weight: Field) -> None:
        """Tell the roll that the share ``weight`` of all dye was replaced."""
        if self.roll is not None:
            self.roll.hide(weight)

    def copied(self) -> Canvas:
        """A copy of this canvas as it stands now."""
        copy = object.__new__(Canvas)
        copy.box, copy.mpp, copy.y_um, copy.x_um = self.box, self.mpp, self.y_um, self.x_um
        copy.h, copy.e, copy.red = self.h.copy(), self.e.copy(), self.red.copy()
        copy.roll = None if self.roll is None else self.roll.copied()
        return copy

    def restore(self, before: Canvas, weight: Field) -> None:
        """Put back the share ``weight`` of what a copy holds."""
        for sheet, old in ((self.h, before.h), (self.e, before.e), (self.red, before.red)):
            sheet += weight * (old - sheet)
        if self.roll is not None and before.roll is not None:
            self.roll.restore(before.roll, weight)

    def slow_noise(self, spacing_um: float, seed: int) -> Field:
        """Noise over hundreds of µm on every pixel, without the grid of its lattice."""
        step = self.slow_step(spacing_um)
        return self.interpolate(lambda y, x: slow_noise_at(y, x, spacing_um, seed), step)

    def slow_step(self, spacing_um: float) -> int:
        """Pixels between lattice points that follow noise of ``spacing_um`` closely enough."""
        return _WIDE_PX if spacing_um >= 12 * _WIDE_PX * self.mpp else _COARSE_PX

    def interpolate(
        self, field: Callable[[Places, Places], Field], step: int = _COARSE_PX
    ) -> Field:
        """Evaluate a slow field every ``step`` absolute pixels, linear between."""
        box = self.box
        rows = np.arange(box.top // step, (box.bottom - 1) // step + 2, dtype=np.float64)
        cols = np.arange(box.left // step, (box.right - 1) // step + 2, dtype=np.float64)
        scale = step * self.mpp
        values = field((rows * scale)[:, None], (cols * scale)[None, :]).astype(np.float32)
        row, ty = _between(box.top, box.bottom, step)
        col, tx = _between(box.left, box.right, step)
        # Columns first, on the few lattice rows: copying whole rows afterwards is ten times faster
        # than picking single columns.
        left = np.take(values, col, axis=1)
        across = left + (np.take(values, col + 1, axis=1) - left) * tx
        out: Field = np.diff(across, axis=0)[row]
        out *= ty[:, None]
        out += across[row]
        return out


def _between(start: int, stop: int, step: int) -> tuple[NDArray[np.int64], Field]:
    """Index into the coarse lattice and weight of its next point, for pixel centres."""
    along = (np.arange(start, stop) + 0.5) / step
    cell = np.floor(along)
    return cell.astype(np.int64) - start // step, (along - cell).astype(np.float32)
