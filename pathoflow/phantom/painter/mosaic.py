"""The mosaic of liver cells as fields: how far to the next cell, to the next sinusoid, whose ground.

Each cell presses a cone of distances on a lattice of about one µm, fixed to absolute pixels; the
nearest and second nearest cones give the borders. Fields are then interpolated to pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.painter.canvas import Canvas, Field
from pathoflow.phantom.plan.parenchyma import Hepatocytes

#: The lattice has a point every so many µm, or every pixel where pixels are larger.
_LATTICE_UM = 1.0
#: A cell's cone ends here, beyond its own reach; no gap between three cells is wider.
CONE_UM = 23.0


@dataclass(frozen=True, eq=False)
class Mosaic:
    """Fields on every pixel of a canvas."""

    #: Twice the distance to the border of the nearest cell, roughly, µm.
    to_border_um: Field
    #: Zero on a sinusoid's middle, about twice the distance to it elsewhere, µm; signed by side.
    to_sinusoid_um: Field
    #: The value given for the cell on whose ground the pixel lies, a little blurred at borders.
    tone: Field
    #: Index of that cell, -1 for none, on the lattice: one point per ``step`` pixels.
    owner: NDArray[np.int32]
    step: int
    #: Row and column of the lattice's first point, in steps from the slide's corner.
    corner: tuple[int, int]


def mosaic_of(canvas: Canvas, hepatocytes: Hepatocytes, tone: NDArray[np.float32]) -> Mosaic:
    """The mosaic on the canvas; ``tone`` has one value per hepatocyte."""
    step = max(1, round(_LATTICE_UM / canvas.mpp))
    box = canvas.box
    top, left = box.top // step - 1, box.left // step - 1
    rows, cols = (box.bottom - 1) // step + 2 - top, (box.right - 1) // step + 2 - left
    pitch = step * canvas.mpp
    y = (np.arange(top, top + rows) + 0.5) * pitch
    x = (np.arange(left, left + cols) + 0.5) * pitch
    nearest = np.full((rows, cols), CONE_UM, np.float32)
    second, odd, even = nearest.copy(), nearest.copy(), nearest.copy()
    owner = np.full((rows, cols), -1, np.int32)
    cells = hepatocytes.cells
    radius = CONE_UM + hepatocytes.reach_um
    firsts = np.stack(
        [np.searchsorted(y, cells.y_um - radius), np.searchsorted(x, cells.x_um - radius)]
    )
    lasts = np.stack(
        [np.searchsorted(y, cells.y_um + radius), np.searchsorted(x, cells.x_um + radius)]
    )
    touching = np.flatnonzero((lasts > firsts).all(axis=0))
    reaches, is_odd = hepatocytes.reach_um.astype(np.float32), hepatocytes.is_odd
    for k in touching.tolist():
        here = slice(firsts[0, k], lasts[0, k]), slice(firsts[1, k], lasts[1, k])
        dy = (y[here[0]] - cells.y_um[k]).astype(np.float32)
        dx = (x[here[1]] - cells.x_um[k]).astype(np.float32)
        away = np.sqrt((dy * dy)[:, None] + dx * dx)
        if reaches[k]:
            away -= reaches[k]
        best, side = nearest[here], (odd if is_odd[k] else even)[here]
        np.minimum(second[here], np.maximum(away, best), out=second[here])
        np.copyto(owner[here], k, where=away < best)
        np.minimum(best, away, out=best)
        np.minimum(side, away, out=side)
    second -= nearest
    odd -= even
    # The last value stands for no cell at all.
    tones = np.append(tone, np.float32(0))[owner]
    sheets = [_to_pixels(sheet, step, canvas, (top, left)) for sheet in (second, odd, tones)]
    return Mosaic(sheets[0], sheets[1], sheets[2], owner, step, (top, left))


def _to_pixels(sheet: Field, step: int, canvas: Canvas, corner: tuple[int, int]) -> Field:
    """Linear interpolation from lattice points, which lie amid ``step`` pixels, to the canvas."""
    box = canvas.box
    for axis, start, number in ((0, box.top, box.height), (1, box.left, box.width)):
        if step > 1:
            sheet = _widened(sheet, step, axis)
            first = start - (corner[axis] + 1) * step
        else:
            first = start - corner[axis]
        sheet = sheet[first : first + number] if axis == 0 else sheet[:, first : first + number]
    return sheet


def _widened(sheet: Field, step: int, axis: int) -> Field:
    """Pixels of all lattice points but the first and the last along ``axis``."""
    shape = list(sheet.shape)
    shape[axis] = (shape[axis] - 2) * step
    out: Field = np.empty(shape, np.float32)
    source, target = (sheet, out) if axis == 0 else (sheet.T, out.T)
    for k in range(step):
        t = (k + 0.5) / step - 0.5
        other = source[:-2] if t < 0 else source[2:]
        part = source[1:-1] * np.float32(1 - abs(t))
        part += other * np.float32(abs(t))
        target[k::step] = part
    return out
