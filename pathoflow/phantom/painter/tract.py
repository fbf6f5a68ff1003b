"""Paint portal tracts: pale collagen with a ragged edge, its cells, and bile ducts."""

from __future__ import annotations

import numpy as np

from pathoflow.phantom.painter.canvas import Canvas, Field
from pathoflow.phantom.painter.liver import lattice_cells
from pathoflow.phantom.painter.stamps import press_cells
from pathoflow.phantom.painter.tumour import along_ring
from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.plan.vessel import Duct, PortalTract, extent_of
from pathoflow.phantom.shapes.cells import FIBROBLASTS, Cells
from pathoflow.phantom.shapes.noise import noise_along

#: How far liver cells reach into the stroma and stroma between liver cells, µm.
_RAGGED_UM = 6.0
#: Nuclei whose centres lie this far outside a canvas may still reach into it.
_REACH_UM = 14.0


def nearby(cells: Cells, canvas: Canvas) -> Cells:
    """Those cells that can touch the canvas; a wide tract has thousands elsewhere."""
    reach = canvas.extent.grow(_REACH_UM)
    keep = (cells.y_um > reach.top) & (cells.y_um < reach.bottom)
    return cells.where(keep & (cells.x_um > reach.left) & (cells.x_um < reach.right))


def paint_tract(plan: Plan, canvas: Canvas, tract: PortalTract) -> None:
    """The stroma, its cells and the bile ducts; veins and arteries are painted after it."""
    part = canvas.window(tract.extent_um.grow(4))
    if part is None:
        return
    _paint_stroma(plan, part, tract)
    ring = tract.stroma
    spindles = lattice_cells(plan, part, FIBROBLASTS, _REACH_UM)
    inside = ring.signed_distance(spindles.y_um, spindles.x_um) < -4
    press_cells(part, along_ring(spindles.where(inside), ring))
    press_cells(part, nearby(tract.lymphocytes, part))
    for duct in tract.ducts:
        _paint_duct(part, duct)


def _paint_stroma(plan: Plan, part: Canvas, tract: PortalTract) -> None:
    """Bundles of collagen that run round what they hold, with pale gaps between them."""
    ring, look = tract.stroma, plan.look
    rho, turn = ring.polar(*part.places_um)
    depth = ring.depth(rho, turn)
    ragged = look.texture(part.y_um, part.x_um, 11.0, plan.seed("ragged"))
    ragged *= np.float32(_RAGGED_UM)
    ragged += depth
    weight = part.soft(ragged)
    rows, cols = np.nonzero(weight)
    if not len(rows):
        return
    bends = look.texture(part.y_um, part.x_um, 30.0, plan.seed("sway"))
    clumps = look.texture(part.y_um, part.x_um, 5.0, plan.seed("collagen"))
    depth, bend = depth[rows, cols], bends[rows, cols]
    clump = clumps[rows, cols]
    beads = max(5, int(2 * np.pi * ring.reach_um / 42))
    sway: Field = depth + np.float32(16) * bend
    fibre = noise_along(sway / np.float32(3.4), turn[rows, cols], beads, plan.seed("stroma"))
    e = np.float32(0.235) * (1 + np.float32(0.28) * fibre + np.float32(0.24) * clump)
    # Loose places between the bundles are nearly white.
    gap = np.clip(fibre * clump * np.float32(-5) - np.float32(0.9), 0, np.float32(0.75))
    e -= gap * (e - np.float32(0.05))
    h = np.float32(0.038) + np.float32(0.016) * fibre + np.float32(0.012) * clump
    part.mix_at((rows, cols), weight[rows, cols], h, e)


def _paint_duct(canvas: Canvas, duct: Duct) -> None:
    """A cuboidal epithelium on a thin basement line, round a small empty lumen."""
    part = canvas.window(extent_of(duct.outer.centre_um, duct.outer.reach_um + 3))
    if part is None:
        return
    rho, turn = duct.outer.polar(*part.places_um)
    to_outer = duct.outer.depth(rho, turn)
    to_lumen = duct.lumen.depth(rho, turn)
    part.mix(part.soft(to_outer - np.float32(0.8)), 0.05, 0.33)
    part.mix(part.soft(to_outer + np.float32(0.7)), 0.12, 0.20)
    # The cells' free edge is a little denser than their bodies.
    part.mix(part.soft(to_lumen - np.float32(1.2)), 0.14, 0.26)
    part.mix(part.soft(to_lumen), 0.01, 0.03)
    press_cells(part, duct.cells)
