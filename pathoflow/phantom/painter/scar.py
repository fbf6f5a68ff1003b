"""Paint scar: collagen in strands along the septum, spindle cells, lymphocytes, small ductules."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.painter.canvas import Canvas, Field, Places
from pathoflow.phantom.painter.stamps import press_cells
from pathoflow.phantom.plan.scar import scar_depth
from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.shapes.cells import (
    CUFF_LYMPHOCYTES,
    FIBROBLASTS,
    CellKind,
    Cells,
    Lattice,
    cells_in,
)
from pathoflow.phantom.shapes.noise import hash_grid, slow_noise_at, unit_interval

Bits = NDArray[np.uint32]
Mask = NDArray[np.bool_]

_STRAND_UM = 3.2
#: The depth is evaluated at points this far apart; it changes by less than so much per µm.
LATTICE_UM, _STEEPEST = 12.0, 2.5
#: Ductules proliferate along the edge of a septum, this deep inside it, µm.
_DUCTULES = Lattice(CellKind.DUCT, 9.0, 2.2, 0.95, 2.9, 0.1, (1.0, 1.35), caps=0.4)
_DUCTULES_UM = (-24.0, -4.0)


def paint_scar(plan: Plan, canvas: Canvas) -> None:
    """Cover the liver on the canvas with its scar, if it has any here."""
    if plan.look.background == "normal":
        return
    if not _may_meet(plan, canvas):
        return
    step = max(1, round(LATTICE_UM / canvas.mpp))
    depth = canvas.interpolate(lambda y, x: scar_depth(plan, y, x), step)
    if float(depth.min()) > 12:
        return
    look, y, x = plan.look, canvas.y_um, canvas.x_um
    ragged = look.texture(y, x, 8.0, plan.seed("scar edge"))
    sway = look.texture(y, x, 42.0, plan.seed("scar sway"))
    weight = canvas.soft((depth + ragged * np.float32(5)) * np.float32(0.5))
    swayed = depth + np.float32(9) * sway
    strand = _strands(swayed, plan.seed("strand"))
    strand += np.float32(0.6) * _strands(swayed * np.float32(2.6), plan.seed("fibril"))
    strand *= np.float32(0.75) + np.float32(0.6) * sway
    strand += ragged * np.float32(0.35)
    canvas.mix(weight, 0.036 + 0.018 * strand, 0.215 * (1 + 0.27 * strand))
    _press_scar_cells(plan, canvas)


def _may_meet(plan: Plan, canvas: Canvas) -> bool:
    """Look from a few places whether a scar can lie on the canvas at all."""
    box, mpp = canvas.box, canvas.mpp
    number = 2 + int(max(box.height, box.width) * mpp / 60)
    y = np.linspace(box.top, box.bottom, number) * mpp
    x = np.linspace(box.left, box.right, number) * mpp
    depth = float(scar_depth(plan, y[:, None], x[None, :]).min())
    apart = max(y[1] - y[0], x[1] - x[0])
    return bool(depth < 12 + _STEEPEST * 0.71 * apart)


def _strands(depth: Field, seed: int) -> Field:
    """Noise of depth alone: strands of collagen that run along the septum."""
    along = depth * np.float32(1 / _STRAND_UM)
    layer = np.floor(along)
    t = along - layer
    t = t * t * (3 - 2 * t)
    at = layer.astype(np.int64)
    first = int(at.min())
    layers = np.arange(first, int(at.max()) + 2)
    value = unit_interval(hash_grid(layers, np.zeros(1, np.int64), seed), 0) * np.float32(2) - 1
    at -= first
    near = np.take(value, at, mode="clip")
    near += (np.take(value, at + 1, mode="clip") - near) * t
    return np.asarray(near, np.float32)


def _press_scar_cells(plan: Plan, canvas: Canvas) -> None:
    extent, seed = canvas.extent.grow(14), plan.seed

    def spindle(y: Places, x: Places, _: Bits) -> Mask:
        return np.asarray(scar_depth(plan, y, x) < -5)

    def round_cell(y: Places, x: Places, bits: Bits) -> Mask:
        patch = slow_noise_at(y, x, 140.0, seed("scar patch"))
        chance = np.clip(plan.look.inflammation * (0.7 + 1.9 * patch), 0.02, 0.95)
        chosen = np.asarray(unit_interval(bits, 19) < chance)
        chosen[chosen] = scar_depth(plan, y[chosen], x[chosen]) < -3
        return chosen

    def ductule(y: Places, x: Places, _: Bits) -> Mask:
        chosen = np.asarray(slow_noise_at(y, x, 75.0, seed("ductules")) > 0.42)
        depth = scar_depth(plan, y[chosen], x[chosen])
        chosen[chosen] = (depth > _DUCTULES_UM[0]) & (depth < _DUCTULES_UM[1])
        return chosen

    spindles = cells_in(FIBROBLASTS, extent, seed("scar spindles"), spindle)
    press_cells(canvas, along_scar(plan, spindles))
    press_cells(canvas, cells_in(CUFF_LYMPHOCYTES, extent, seed("scar lymphocytes"), round_cell))
    ductules = cells_in(_DUCTULES, extent, seed("scar ductules"), ductule)
    press_cells(canvas, along_scar(plan, ductules))


def along_scar(plan: Plan, cells: Cells) -> Cells:
    """The same cells with their long sides laid along the septum."""
    if not len(cells):
        return cells
    step = 4.0
    y, x = cells.y_um, cells.x_um
    around_y = np.concatenate([y + step, y - step, y, y])
    around_x = np.concatenate([x, x, x + step, x - step])
    below, above, right_of, left_of = scar_depth(plan, around_y, around_x).reshape(4, len(y))
    down, right = below - above, right_of - left_of
    # Across is (down, right); along is a quarter turn from it. A little unrest, hashed.
    unrest = 0.7 * (unit_interval(cells.bits, 14) - 0.5)
    angle = (np.arctan2(down, right) + np.pi / 2 + unrest) % np.pi
    return replace(cells, angle=np.asarray(angle, np.float32))
