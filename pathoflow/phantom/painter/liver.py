"""Paint liver: pink plates of hepatocytes, pale sinusoids between them, fat in patches."""

from __future__ import annotations

import numpy as np

from pathoflow.phantom.painter.canvas import Canvas, Field
from pathoflow.phantom.painter.stamps import press_cells
from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.shapes.cells import (
    FAT_DROPS,
    HEPATOCYTES,
    SINUSOID_CELLS,
    STRAY_LYMPHOCYTES,
    Cells,
    Lattice,
    cells_in,
)
from pathoflow.phantom.shapes.noise import noise_at, slow_noise_at

_PLATE_UM, _FAT_PATCH_UM = 17.0, 420.0
#: Nuclei whose centres lie this far outside a canvas may still reach into it.
REACH_UM = 9.0


def lattice_cells(
    plan: Plan, canvas: Canvas, lattice: Lattice, reach_um: float = REACH_UM
) -> Cells:
    """All cells of one of the slide's own lattices that can touch the canvas."""
    return cells_in(lattice, canvas.extent.grow(reach_um), plan.seed(f"cells {lattice.kind.name}"))


def liver_tissue(plan: Plan, canvas: Canvas) -> tuple[Field, Field, Field]:
    """H, E and red pigment of cytoplasm and sinusoids on the whole canvas, without nuclei."""
    look, y, x = plan.look, canvas.y_um, canvas.x_um
    grain = look.texture(y, x, max(1.6, canvas.mpp), plan.seed("grain"))
    cloud = look.texture(y, x, 8.0, plan.seed("cloud"))
    zone = canvas.slow_noise(520.0, plan.seed("zone"))
    plate = look.texture(y, x, _PLATE_UM, plan.seed("plate"))
    plate = np.abs(
        plate + look.texture(y, x, 0.55 * _PLATE_UM, plan.seed("plate branch")) * np.float32(0.6)
    )
    # Sinusoids run where the plate noise crosses zero: a labyrinth of thin, pale, branching lines.
    gap = np.clip(np.float32(1.2) - plate * np.float32(7.5), 0, 1)
    texture = grain * np.float32(0.20) + cloud * np.float32(0.16)
    e = np.float32(0.31) * (1 + texture + zone * np.float32(0.14))
    h = np.float32(0.085) * (1 + texture * np.float32(1.6) - zone * np.float32(0.3))
    gap *= np.float32(0.80) + np.float32(0.25) * cloud
    e -= gap * (e - np.float32(0.06))
    h -= gap * (h - np.float32(0.015))
    blood = gap * np.clip(zone + cloud - np.float32(0.25), 0, 0.35)
    return h, e, blood


def paint_liver(plan: Plan, canvas: Canvas) -> None:
    """Fill the canvas with liver, nuclei and fat included."""
    canvas.h[:], canvas.e[:], canvas.red[:] = liver_tissue(plan, canvas)
    press_cells(canvas, lattice_cells(plan, canvas, SINUSOID_CELLS, 12.0))
    press_cells(canvas, plate_nuclei(plan, lattice_cells(plan, canvas, HEPATOCYTES)))
    press_cells(canvas, lattice_cells(plan, canvas, STRAY_LYMPHOCYTES))
    if plan.look.fat:
        press_cells(canvas, _fat(plan, canvas))


def plate_nuclei(plan: Plan, cells: Cells) -> Cells:
    """Those hepatocyte nuclei that lie in a plate, not in a sinusoid."""
    spacing = _PLATE_UM * plan.look.texture_scale
    plate = noise_at(cells.y_um, cells.x_um, spacing, plan.seed("plate"))
    branch = noise_at(cells.y_um, cells.x_um, 0.55 * spacing, plan.seed("plate branch"))
    return cells.where(np.abs(plate + 0.6 * branch) > 0.06)


def _fat(plan: Plan, canvas: Canvas) -> Cells:
    """Drops of fat, dense in patches and absent elsewhere."""
    drops = lattice_cells(plan, canvas, FAT_DROPS, 30.0)
    patch = slow_noise_at(drops.y_um, drops.x_um, _FAT_PATCH_UM, plan.seed("fat patch"))
    chance = (drops.bits >> np.uint32(9)) % np.uint32(1024) / 1024.0
    # The patch noise has a standard deviation near 0.4: the share that lies above the bound is
    # about `fat`.
    bound = 0.45 - 1.2 * plan.look.fat
    return drops.where(chance < np.clip((patch - bound) * 2.5, 0, 0.95))
