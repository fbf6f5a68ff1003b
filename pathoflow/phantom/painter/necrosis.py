"""Paint what becomes of a large tumour's inside: dead fields, bleeding, fibrous bands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.painter.canvas import Canvas, Field, Places
from pathoflow.phantom.painter.capsule import collagen
from pathoflow.phantom.painter.liver import lattice_cells
from pathoflow.phantom.painter.part import cut, marked_part
from pathoflow.phantom.painter.stamps import press_bodies, press_cells
from pathoflow.phantom.plan.growth import bound_for
from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.shapes.cells import FIBROBLASTS, RED_CELLS, Cells
from pathoflow.phantom.shapes.noise import noise_at, slow_noise_at

#: Necrosis keeps this far from the border, where the tumour is fed; less in a small mass.
_FED_UM, _FED_SHARE = 260.0, 0.25
_NECROSIS_UM, _LAKE_UM = 620.0, 280.0
#: The width of a fibrous band changes over this length; where there is none it is this far away.
_SEPTUM_WIDTH_UM, _FAR_UM = 160.0, 1e4
#: Flat nuclei reach no further than this out of a fibrous band, µm.
_CELL_REACH_UM = 20.0


def _scale(plan: Plan) -> float:
    """1 for a mass of 2 mm radius and more, less for a smaller one."""
    ring = plan.tissue.tumour
    return 1.0 if ring is None else min(1.0, float(ring.radius_um.mean()) / 2000.0)


def _fed_um(plan: Plan) -> float:
    ring = plan.tissue.tumour
    return 0.0 if ring is None else min(_FED_UM, _FED_SHARE * float(ring.radius_um.mean()))


def dead(plan: Plan, y_um: Places, x_um: Places) -> Field:
    """How dead the mass is, 0 to 1, from a rim of dying cells to the middle of a dead field."""
    share, ring = plan.tissue.decay.necrosis, plan.tissue.tumour
    if not share or ring is None:
        return np.zeros(np.broadcast_shapes(np.shape(y_um), np.shape(x_um)), np.float32)
    death = slow_noise_at(y_um, x_um, _NECROSIS_UM * _scale(plan), plan.seed("necrosis"))
    death += np.float32(0.10) * noise_at(y_um, x_um, 60.0, plan.seed("necrosis edge"))
    depth = -ring.signed_distance(y_um, x_um)
    found = np.clip((death - np.float32(bound_for(share))) * 7, 0, 1)
    fed = np.clip((depth - np.float32(_fed_um(plan))) * np.float32(0.012), 0, 1)
    return np.asarray(found * fed, np.float32)


def necrosis_share(gone: Field) -> Field:
    """How much of the dye at a place is that of dead tissue, given how dead it is (`dead`)."""
    # Ghosts: what is half dead still shows the outlines of its cells.
    return np.asarray(np.clip(gone * np.float32(1.9), 0, 0.96), np.float32)


def bled(plan: Plan, y_um: Places, x_um: Places) -> Field:
    """Where blood lies in the tissue: distance-like, positive in a lake."""
    share, ring = plan.tissue.decay.haemorrhage, plan.tissue.tumour
    if not share or ring is None:
        return np.full(np.broadcast_shapes(np.shape(y_um), np.shape(x_um)), -1.0, np.float32)
    lake = slow_noise_at(y_um, x_um, _LAKE_UM * _scale(plan), plan.seed("lake"))
    lake += np.float32(0.13) * noise_at(y_um, x_um, 17.0, plan.seed("lake edge"))
    depth = -ring.signed_distance(y_um, x_um) - np.float32(0.6 * _fed_um(plan))
    return np.asarray(
        np.minimum(lake - np.float32(bound_for(share)), depth * np.float32(0.01)), np.float32
    )


def _septum_um(plan: Plan, y_um: Places, x_um: Places) -> Field:
    """Distance to the middle of the nearest fibrous band in µm, to first order."""
    step = 900.0 * _scale(plan)
    sway = np.float32(0.05 * step) * noise_at(y_um, x_um, 0.16 * step, plan.seed("septa sway"))
    y_um, x_um = y_um + sway, x_um - sway
    trunk = slow_noise_at(y_um, x_um, step, plan.seed("septa"))
    branch = slow_noise_at(y_um, x_um, 0.75 * step, plan.seed("septa branch"))
    away = np.abs(trunk) * np.float32(step)
    aside = np.abs(branch) * np.float32(0.75 * step) + np.float32(step) * (trunk < 0)
    return np.asarray(np.minimum(away, aside), np.float32)


def septum_depth(plan: Plan, y_um: Places, x_um: Places) -> Field:
    """Signed distance to the nearest fibrous band of the mass in µm, negative in it; large without any."""
    if not plan.tissue.decay.septa_um or plan.tissue.tumour is None:
        return np.full(np.broadcast_shapes(np.shape(y_um), np.shape(x_um)), _FAR_UM, np.float32)
    wide = slow_noise_at(y_um, x_um, _SEPTUM_WIDTH_UM, plan.seed("septa width"))
    return _septum_um(plan, y_um, x_um) - _half_um(plan, wide)


def _half_um(plan: Plan, noise: Field) -> Field:
    """Half the width of a fibrous band where the noise of its width has these values, µm."""
    half: Field = plan.tissue.decay.septa_um * (1 + np.float32(0.5) * noise)
    return half


def spared(plan: Plan, cells: Cells) -> NDArray[np.bool_]:
    """Which tumour nuclei are alive and lie in no band and no lake of blood."""
    alive = dead(plan, cells.y_um, cells.x_um) < 0.45
    alive &= bled(plan, cells.y_um, cells.x_um) < 0.02
    half = plan.tissue.decay.septa_um
    if half:
        alive &= _septum_um(plan, cells.y_um, cells.x_um) > half + 0.5 * cells.radius_um
    return np.asarray(alive)


def paint_septa(plan: Plan, canvas: Canvas, distance_um: Field) -> None:
    """Thin fibrous bands that cut the mass into nodules."""
    half = plan.tissue.decay.septa_um
    if not half or plan.tissue.tumour is None:
        return
    whole = canvas.interpolate(lambda y, x: _septum_um(plan, y, x))
    part = marked_part(canvas, whole < 1.5 * half + _CELL_REACH_UM)
    if part is None:
        return
    away, to_mass = cut(whole, canvas, part), cut(distance_um, canvas, part)
    canvas = part
    width = _half_um(plan, canvas.slow_noise(_SEPTUM_WIDTH_UM, plan.seed("septa width")))
    weight = np.minimum(canvas.soft(away - width), canvas.soft(to_mass))
    canvas.mix(weight, *collagen(plan, canvas, away))
    cells = lattice_cells(plan, canvas, FIBROBLASTS, 14.0)
    at = _septum_um(plan, cells.y_um, cells.x_um)
    ring = plan.tissue.tumour
    keep = (at < 0.7 * half) & (ring.signed_distance(cells.y_um, cells.x_um) < -6)
    cells = cells.where(keep)
    at = at[keep]
    dy = _septum_um(plan, cells.y_um + 4, cells.x_um) - at
    dx = _septum_um(plan, cells.y_um, cells.x_um + 4) - at
    angle = (np.arctan2(dy, dx) + np.pi / 2) % np.pi
    press_cells(canvas, replace(cells, angle=np.asarray(angle, np.float32)))


def paint_decay(plan: Plan, canvas: Canvas, distance_um: Field) -> None:
    """Dead fields with nuclear dust and ghosts of cells at their rim, then lakes of blood."""
    if float(distance_um.min()) > 0:
        return
    if plan.tissue.decay.necrosis:
        _paint_necrosis(plan, canvas)
    if plan.tissue.decay.haemorrhage:
        _paint_lakes(plan, canvas)


def _paint_necrosis(plan: Plan, canvas: Canvas) -> None:
    gone = canvas.interpolate(lambda y, x: dead(plan, y, x))
    part = marked_part(canvas, gone > 0)
    if part is None:
        return
    gone, canvas = cut(gone, canvas, part), part
    mottle = canvas.interpolate(
        lambda y, x: slow_noise_at(y, x, max(3.0, 1.5 * canvas.mpp), plan.seed("mottle")),
        max(1, round(0.8 / canvas.mpp)),
    )
    clumps = canvas.interpolate(
        lambda y, x: slow_noise_at(y, x, 13.0, plan.seed("clumps")), max(2, round(3 / canvas.mpp))
    )
    drift = canvas.slow_noise(110.0, plan.seed("mottle drift"))
    weight = necrosis_share(gone)
    e = np.float32(0.41) * (1 + np.float32(0.2) * mottle + np.float32(0.13) * clumps)
    e *= 1 + np.float32(0.12) * drift
    canvas.mix(weight, 0.052 + 0.025 * mottle, e)
    crumbs = lattice_cells(plan, canvas, plan.tumour_nuclei)
    ruin = dead(plan, crumbs.y_um, crumbs.x_um)
    chance = (crumbs.bits >> np.uint32(8)) % np.uint32(1000) / 1000.0
    crumbs = crumbs.where((ruin >= 0.45) & (chance < 1.25 - 1.2 * ruin))
    size = 0.28 + 0.35 * ((crumbs.bits >> np.uint32(3)) % np.uint32(64)) / 64.0
    dust = replace(crumbs, radius_um=np.asarray(crumbs.radius_um * size, np.float32))
    press_bodies(canvas, dust, 1.15)


def _paint_lakes(plan: Plan, canvas: Canvas) -> None:
    lake = canvas.interpolate(lambda y, x: bled(plan, y, x))
    # Cells seep no further than where the lake falls to -0.12, and reach out of there.
    part = marked_part(canvas, lake > -0.25)
    if part is None:
        return
    lake, canvas = cut(lake, canvas, part), part
    weight = np.clip(lake * np.float32(25) + np.float32(0.5), 0, 0.95)
    canvas.mix(weight, 0.01, 0.05, 0.42)
    cells = lattice_cells(plan, canvas, RED_CELLS)
    inside = bled(plan, cells.y_um, cells.x_um)
    # Blood seeps between the cells round a lake.
    chance = (cells.bits >> np.uint32(5)) % np.uint32(1000) / 1000.0
    press_cells(canvas, cells.where(chance < np.clip(inside * 5 + 0.6, 0, 0.95)))
