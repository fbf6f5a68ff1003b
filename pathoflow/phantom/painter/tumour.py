"""Paint carcinoma, the same in the mass and in a vessel; then its capsule and clefts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pathoflow.phantom.painter.canvas import Canvas, Field
from pathoflow.phantom.painter.liver import lattice_cells
from pathoflow.phantom.painter.stamps import press_cells
from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.shapes.cells import FIBROBLASTS, Cells
from pathoflow.phantom.shapes.noise import noise_along, noise_at
from pathoflow.phantom.shapes.outline import WavyRing

_NECROSIS_UM, _NECROSIS_BOUND = 750.0, 0.62


def tumour_tissue(plan: Plan, canvas: Canvas) -> tuple[Field, Field]:
    """Carcinoma cytoplasm on every pixel of the canvas: H and E, without nuclei."""
    look, y, x, grade = plan.look, canvas.y_um, canvas.x_um, plan.look.grade
    grain = look.texture(y, x, max(1.5, canvas.mpp), plan.seed("tumour grain"))
    cloud = look.texture(y, x, 6.5, plan.seed("tumour cloud"))
    nest = canvas.slow_noise(260.0, plan.seed("tumour nest"))
    cord = np.abs(look.texture(y, x, 46.0 - 8.0 * grade, plan.seed("tumour cord")))
    texture = grain * np.float32(0.20) + cloud * np.float32(0.22)
    e = np.float32(0.29 - 0.05 * grade) * (1 + texture + nest * np.float32(0.15))
    h = np.float32(0.13 + 0.08 * grade) * (1 + texture * np.float32(1.4) - nest * np.float32(0.25))
    # Trabecular where `nest` is high: slits between cords; solid sheets elsewhere.
    slit = np.clip(np.float32(1.1) - cord * np.float32(13.0), 0, 1)
    slit *= np.clip(np.float32(0.45 - 0.5 * grade) + 1.4 * nest, 0, 0.9)
    e -= slit * (e - np.float32(0.05))
    h -= slit * (h - np.float32(0.02))
    return h, e


def press_tumour_nuclei(plan: Plan, canvas: Canvas, cells: Cells) -> None:
    """Stamp carcinoma nuclei; a higher grade is darker."""
    press_cells(canvas, cells, 0.92 + 0.33 * plan.look.grade)


def paint_tumour_mass(plan: Plan, canvas: Canvas, distance_um: Field) -> None:
    """Cover the canvas with tumour where ``distance_um`` to its outline is negative."""
    ring = plan.tissue.tumour
    if ring is None or float(distance_um.min()) > canvas.mpp:
        return
    weight = canvas.soft(distance_um)
    canvas.mix(weight, *tumour_tissue(plan, canvas))
    death = canvas.slow_noise(_NECROSIS_UM, plan.seed("necrosis"))
    # No necrosis near the border, where the tumour is fed.
    dead = np.clip((death - np.float32(_NECROSIS_BOUND)) * 12, 0, 1)
    dead *= np.clip((-distance_um - 250) * np.float32(0.01), 0, 1)
    nuclei = lattice_cells(plan, canvas, plan.tumour_nuclei)
    depth = ring.signed_distance(nuclei.y_um, nuclei.x_um)
    press_tumour_nuclei(plan, canvas, nuclei.where(depth < -0.7 * nuclei.radius_um))
    if float(dead.max()) > 0:
        mottle = plan.look.texture(canvas.y_um, canvas.x_um, 5.0, plan.seed("mottle"))
        canvas.mix(dead * np.float32(0.93), 0.06 + 0.02 * mottle, 0.42 + 0.07 * mottle)


def paint_tumour_border(plan: Plan, canvas: Canvas, distance_um: Field) -> None:
    """The capsule on the outline and the retraction cleft outside it."""
    ring, capsule = plan.tissue.tumour, plan.tissue.capsule
    if ring is None or capsule is None:
        return
    thickest = float(capsule.thickness_um.max())
    if float(distance_um.max()) < -15 or float(distance_um.min()) > thickest + 25:
        return
    rho, turn = ring.polar(*canvas.places_um)
    depth = ring.depth(rho, turn)
    outer = ring.inset(-capsule.thickness_um)
    weight = np.minimum(canvas.soft(-depth), canvas.soft(outer.depth(rho, turn)))
    beads = max(8, int(2 * np.pi * ring.reach_um / 45))
    bends = noise_along(depth / np.float32(40), turn, beads // 2, plan.seed("sway"))
    sway: Field = depth + np.float32(9) * bends
    fibre = noise_along(sway / np.float32(3.2), turn, beads, plan.seed("capsule"))
    fibre += np.float32(0.5) * noise_along(
        sway / np.float32(9), turn, beads // 3, plan.seed("sheet")
    )
    canvas.mix(weight, 0.035 + 0.02 * fibre, 0.235 * (1 + 0.32 * fibre))
    press_cells(canvas, _capsule_nuclei(plan, canvas, ring, outer))
    # The mass shrinks away from the liver on part of its way round: a white slit without a wall.
    slack = noise_along(np.zeros_like(turn), turn, 23, plan.seed("retraction"))
    width = np.clip(slack - np.float32(0.35), 0, 0.5) * np.float32(28)
    away = np.abs(outer.depth(rho, turn) - np.float32(1.5)) - width * np.float32(0.5)
    canvas.mix(canvas.soft(away) * (width > 0.5), 0.005, 0.012)


def _capsule_nuclei(plan: Plan, canvas: Canvas, ring: WavyRing, outer: WavyRing) -> Cells:
    """Flat nuclei that lie along the capsule's fibres."""
    cells = lattice_cells(plan, canvas, FIBROBLASTS, 14.0)
    inside = outer.signed_distance(cells.y_um, cells.x_um) < -3
    kept = cells.where(inside & (ring.signed_distance(cells.y_um, cells.x_um) > 3))
    return along_ring(kept, ring)


def along_ring(cells: Cells, ring: WavyRing) -> Cells:
    """The same cells with their long sides laid along the ring, but for a little unrest."""
    centre = ring.centre_um
    angle = np.arctan2(cells.y_um - centre.y, cells.x_um - centre.x) + np.pi / 2
    unrest = 0.35 * noise_at(cells.y_um, cells.x_um, 15.0, 5)
    return replace(cells, angle=np.asarray((angle + unrest) % np.pi, np.float32))
