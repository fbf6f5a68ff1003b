"""Paint portal tracts, walls and what lies in lumens."""

from __future__ import annotations

import numpy as np

from pathoflow.phantom.painter.canvas import Canvas, Field
from pathoflow.phantom.painter.liver import lattice_cells, liver_tissue
from pathoflow.phantom.painter.stamps import press_cells
from pathoflow.phantom.painter.tumour import along_ring, press_tumour_nuclei, tumour_tissue
from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.plan.vessel import PortalTract, Vessel
from pathoflow.phantom.shapes.cells import FIBROBLASTS, CellKind, Cells
from pathoflow.phantom.shapes.noise import noise_along, seed_of
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing

#: A nucleus every so many µm along the inner wall.
_ENDOTHELIUM_UM = 19.0


def paint_tract(plan: Plan, canvas: Canvas, tract: PortalTract) -> None:
    """The pale stroma, its cells and the bile duct; veins and arteries are painted after it."""
    part = canvas.window(tract.extent_um.grow(4))
    if part is None:
        return
    ring = tract.stroma
    rho, turn = ring.polar(*part.places_um)
    depth = ring.depth(rho, turn)
    beads = max(6, int(2 * np.pi * ring.reach_um / 30))
    bends = plan.look.texture(part.y_um, part.x_um, 26.0, plan.seed("sway"))
    sway: Field = depth + np.float32(10) * bends
    fibre = noise_along(sway / np.float32(3), turn, beads, plan.seed("stroma"))
    fibre += plan.look.texture(part.y_um, part.x_um, 5.0, plan.seed("collagen")) * np.float32(0.6)
    ragged = depth + np.float32(3) * plan.look.texture(
        part.y_um, part.x_um, 9.0, plan.seed("ragged")
    )
    part.mix(part.soft(ragged), 0.035 + 0.015 * fibre, 0.225 * (1 + 0.30 * fibre))
    spindles = lattice_cells(plan, part, FIBROBLASTS, 14.0)
    inside = ring.signed_distance(spindles.y_um, spindles.x_um) < -5
    press_cells(part, along_ring(spindles.where(inside), ring))
    press_cells(part, tract.lymphocytes)
    duct = tract.duct
    rho, turn = duct.outer.polar(*part.places_um)
    part.mix(part.soft(duct.outer.depth(rho, turn)), 0.15, 0.22)
    part.mix(part.soft(duct.lumen.depth(rho, turn)), 0.01, 0.04)
    press_cells(part, duct.cells)


def paint_vessel(plan: Plan, canvas: Canvas, vessel: Vessel) -> None:
    """Wall, lumen, contents and the flat nuclei of the inner wall."""
    part = canvas.window(vessel.extent_um.grow(4))
    if part is None:
        return
    rho, turn = vessel.outer.polar(*part.places_um)
    to_wall = vessel.outer.depth(rho, turn)
    to_lumen = vessel.lumen.depth(rho, turn)
    beads = max(6, int(2 * np.pi * vessel.outer.reach_um / 24))
    layer = noise_along(to_wall / np.float32(2.2), turn, beads, plan.seed(f"wall {vessel.index}"))
    muscle = 1.15 if vessel.kind == "artery" else 1.0
    eosin = np.float32(plan.look.wall_eosin * muscle)
    part.mix(part.soft(to_wall), 0.055 + 0.02 * layer, eosin * (1 + np.float32(0.28) * layer))
    part.mix(part.soft(to_lumen), *_ground(plan, part, vessel))
    for kind, turns_per, ring in _wall_nuclei(vessel):
        press_cells(part, _on_ring(plan, vessel, kind, turns_per, ring))
    _paint_contents(plan, part, vessel, to_lumen)


def _ground(plan: Plan, part: Canvas, vessel: Vessel) -> tuple[Field | float, Field | float]:
    """What the lumen holds round its plug: nothing, or serum fixed into pink clouds."""
    if vessel.contents.ground != "serum":
        return 0.008, 0.02
    cloud = plan.look.texture(part.y_um, part.x_um, 7.0, plan.seed(f"serum {vessel.index}"))
    drift = plan.look.texture(part.y_um, part.x_um, 45.0, plan.seed("drift"))
    # Real serum runs from a breath of pink to fibrin nearly as dark as cytoplasm.
    strength = 0.10 + 0.12 * (seed_of(vessel.index, "fibrin") % 1000) / 1000
    return 0.02 + 0.012 * cloud, np.clip(strength * (1 + 0.4 * cloud + 0.5 * drift), 0.02, 0.4)


def _wall_nuclei(vessel: Vessel) -> list[tuple[CellKind, float, WavyRing]]:
    """Rings of nuclei: endothelium on the lumen, muscle in thick walls."""
    rings = [(CellKind.ENDOTHELIUM, _ENDOTHELIUM_UM, vessel.lumen.inset(-0.9))]
    wall = float(np.median(vessel.outer.radius_um - vessel.lumen.radius_um))
    if wall > 7:
        rings.append((CellKind.FIBROBLAST, 24.0, vessel.outer.inset(0.45 * wall)))
    if wall > 16:
        rings.append((CellKind.FIBROBLAST, 26.0, vessel.outer.inset(0.75 * wall)))
    return rings


def _on_ring(plan: Plan, vessel: Vessel, kind: CellKind, every_um: float, ring: WavyRing) -> Cells:
    """Flat nuclei along a ring, each at its own hashed place."""
    rng = np.random.default_rng(plan.seed(f"{kind.name} {every_um} {vessel.index}"))
    number = max(3, int(2 * np.pi * float(ring.radius_um.mean()) / every_um))
    turn = (np.arange(number) + rng.uniform(-0.4, 0.4, number)) / number
    at = (turn * ANGLES).astype(int) % ANGLES
    theta, rho = at * (2 * np.pi / ANGLES), ring.radius_um[at]
    ahead, behind = ring.radius_um[(at + 3) % ANGLES], ring.radius_um[at - 3]
    lean = np.arctan2((ahead - behind) / (6 * 2 * np.pi / ANGLES), rho)
    return Cells(
        ring.centre_um.y + rho * np.sin(theta),
        ring.centre_um.x + rho * np.cos(theta),
        rng.uniform(1.7, 2.5, number).astype(np.float32),
        rng.uniform(2.8, 4.6, number).astype(np.float32),
        ((theta + np.pi / 2 - lean) % np.pi).astype(np.float32),
        rng.integers(0, 2**32, number, dtype=np.uint32),
        kind,
    )


def _paint_contents(plan: Plan, part: Canvas, vessel: Vessel, to_lumen: Field) -> None:
    contents = vessel.contents
    if contents.plug is not None:
        distance = contents.plug.signed_distance(*part.places_um, to_lumen)
        weight = part.soft(distance)
        if contents.name == "tumour":
            part.mix(weight, *tumour_tissue(plan, part))
        elif contents.name == "hepatocytes":
            h, e, _ = liver_tissue(plan, part)
            part.mix(weight, h, e)
        elif contents.name == "leucocytes":
            cloud = plan.look.texture(part.y_um, part.x_um, 4.0, plan.seed("exudate"))
            part.mix(weight, 0.11 + 0.05 * cloud, 0.19 + 0.06 * cloud)
        elif contents.name == "red_cells":
            part.mix(weight * np.float32(0.8), 0.01, 0.06, 0.16)
    for cells in contents.cells:
        if cells.kind is CellKind.TUMOUR:
            press_tumour_nuclei(plan, part, cells)
        else:
            press_cells(part, cells)
