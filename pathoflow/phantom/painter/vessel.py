"""Paint the walls of vessels and the nuclei in them; lumens are filled by `painter.contents`."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.painter.canvas import Canvas, Field
from pathoflow.phantom.painter.contents import lumen_ground, paint_contents
from pathoflow.phantom.painter.stamps import press_cells
from pathoflow.phantom.painter.tract import nearby
from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.plan.vessel import Vessel
from pathoflow.phantom.shapes.cells import CellKind, Cells
from pathoflow.phantom.shapes.noise import noise_along
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing

#: A flat nucleus every so many µm along the inner wall, on average: they stand 10 to 30 apart.
_ENDOTHELIUM_UM = 20.0
#: Concentrations (h, e) of collagen and of smooth muscle.
_COLLAGEN, _MUSCLE = (0.035, 0.24), (0.065, 0.34)
#: A usual slide's eosin in walls, by which the slide's own is measured.
_USUAL_EOSIN = 0.335


def paint_vessel(plan: Plan, canvas: Canvas, vessel: Vessel) -> None:
    """Wall, lumen, contents and the flat nuclei of the inner wall."""
    part = canvas.window(vessel.extent_um.grow(4))
    if part is None:
        return
    rho, turn = vessel.outer.polar(*part.places_um)
    to_wall = vessel.outer.depth(rho, turn)
    to_lumen = vessel.lumen.depth(rho, turn)
    _paint_wall(plan, part, vessel, (to_wall, to_lumen, turn))
    part.mix(part.soft(to_lumen), *lumen_ground(plan, part, vessel))
    if vessel.kind == "artery":
        _paint_elastic_layer(part, to_lumen)
    press_cells(part, nearby(_wall_cells(plan, vessel), part))
    press_cells(part, nearby(_endothelium(plan, vessel), part))
    paint_contents(plan, part, vessel, to_lumen)


def _paint_wall(
    plan: Plan, part: Canvas, vessel: Vessel, distances: tuple[Field, Field, Field]
) -> None:
    """The wall's own tissue, on those pixels alone that it covers."""
    split_um = _split_um(plan, vessel)
    outside, inside, turns = distances
    near = (outside < part.mpp + split_um) & (inside > -2 * part.mpp)
    rows, cols = np.nonzero(near)
    if not len(rows):
        return
    to_wall, turn = outside[rows, cols], turns[rows, cols]
    h, e = _wall_dye(plan, vessel, to_wall, turn)
    weight = part.soft(to_wall)
    if split_um:
        slit = _split(plan, vessel, (to_wall, inside[rows, cols], turn), split_um)
        white = part.soft(slit)
        weight = np.maximum(weight, white)
        h, e = (
            h * (1 - white) + np.float32(0.008) * white,
            e * (1 - white) + np.float32(0.02) * white,
        )
    part.mix_at((rows, cols), weight, h, e)


def _wall_dye(plan: Plan, vessel: Vessel, to_wall: Field, turn: Field) -> tuple[Field, Field]:
    """H and E of a wall: lamellae of collagen, bundles of muscle where it has any."""
    girth = 2 * np.pi * vessel.outer.reach_um
    strength = np.float32(plan.look.wall_eosin / _USUAL_EOSIN)
    layer = noise_along(
        to_wall / np.float32(2.2), turn, max(6, int(girth / 24)), plan.seed(f"wall {vessel.index}")
    )
    if vessel.kind == "artery":
        # Muscle cells lie round the lumen, cut lengthwise: fine, even, dark pink.
        h = np.float32(_MUSCLE[0]) + np.float32(0.02) * layer
        return h, strength * np.float32(0.36) * (1 + np.float32(0.16) * layer)
    if not vessel.has_muscle:
        h = np.float32(0.05) + np.float32(0.02) * layer
        return h, strength * np.float32(0.30) * (1 + np.float32(0.25) * layer)
    wave = noise_along(
        to_wall / np.float32(30), turn, max(5, int(girth / 90)), plan.seed(f"sway {vessel.index}")
    )
    sway: Field = np.asarray(to_wall + np.float32(5) * wave, np.float32) / np.float32(7.5)
    bundle = noise_along(
        sway,
        turn,
        max(5, int(girth / 55)),
        plan.seed(f"muscle {vessel.index}"),
    )
    muscle = np.clip(bundle * np.float32(4) + np.float32(0.3), 0, 1)
    h = np.float32(_COLLAGEN[0]) + muscle * np.float32(_MUSCLE[0] - _COLLAGEN[0])
    e = np.float32(_COLLAGEN[1]) + muscle * np.float32(_MUSCLE[1] - _COLLAGEN[1])
    fine = 1 + np.float32(0.2) * layer
    return h * fine, strength * e * fine


def _split_um(plan: Plan, vessel: Vessel) -> float:
    """Width of the slit in a wall that has split into lamellae; 0 in most vessels."""
    draw = plan.seed(f"split {vessel.index}")
    if vessel.kind == "artery" or draw % 1000 >= 1000 * plan.look.wall_split:
        return 0.0
    return 0.8 + 1.8 * (draw // 1000 % 1000) / 1000


def _split(
    plan: Plan, vessel: Vessel, distances: tuple[Field, Field, Field], width_um: float
) -> Field:
    """Distance to a thin slit that runs part of the way round, negative in it.

    It parts the lamellae of a thick wall, and lifts a thin one off the tissue outside it.
    """
    to_wall, to_lumen, turn = distances
    thickness = to_lumen - to_wall
    beads = max(5, int(2 * np.pi * vessel.outer.reach_um / 70))
    seed = plan.seed(f"slit {vessel.index}")
    level = np.zeros_like(turn)
    open_here = noise_along(level, turn, beads, seed)
    bend = noise_along(level, turn, 2 * beads, seed + 1)
    middle = np.where(
        thickness > np.float32(3 * width_um + 2),
        thickness * (np.float32(-0.42) + np.float32(0.14) * bend),
        np.float32(0.5 * width_um),
    )
    half = np.float32(0.5 * width_um) * np.clip(open_here * np.float32(5), -1, 1)
    return np.asarray(np.abs(to_wall - middle) - half, np.float32)


def _paint_elastic_layer(part: Canvas, to_lumen: Field) -> None:
    """The artery's inner elastic layer: a bright wavy line along the lumen, dark beneath."""
    part.mix(part.soft(np.abs(to_lumen - np.float32(2.3)) - np.float32(0.5)) * 0.5, 0.05, 0.46)
    part.mix(part.soft(np.abs(to_lumen - np.float32(1.1)) - np.float32(0.5)) * 0.8, 0.02, 0.14)


def _endothelium(plan: Plan, vessel: Vessel) -> Cells:
    """Thin flat nuclei on the lumen."""
    ring = vessel.lumen.inset(-0.9)
    level = np.zeros(ANGLES)
    return _along(plan, vessel, CellKind.ENDOTHELIUM, _ENDOTHELIUM_UM, (ring, ring, level))


def _wall_cells(plan: Plan, vessel: Vessel) -> Cells:
    """Spindle nuclei of muscle and fibroblasts at any depth of a thick wall."""
    wall = vessel.outer.radius_um - vessel.lumen.radius_um
    layers = min(8.0, float(np.median(wall)) / 7.0)
    if layers < 1:
        return Cells.none(CellKind.FIBROBLAST)
    every = (15.0 if vessel.has_muscle else 26.0) / layers
    rng = np.random.default_rng(plan.seed(f"depth {vessel.index}"))
    depth = rng.uniform(0.15, 0.92, 4096)
    return _along(plan, vessel, CellKind.FIBROBLAST, every, (vessel.lumen, vessel.outer, depth))


def _along(
    plan: Plan,
    vessel: Vessel,
    kind: CellKind,
    every_um: float,
    between: tuple[WavyRing, WavyRing, NDArray[np.float64]],
) -> Cells:
    """Flat nuclei laid along a wall, evenly by length but for some unrest.

    ``between`` holds an inner and an outer ring and, for one nucleus after the other, where
    between the two it lies: 0 on the inner one, 1 on the outer one.
    """
    rng = np.random.default_rng(plan.seed(f"{kind.name} {vessel.index}"))
    inner, outer, level = between
    places, beyond = inner.polygon_um(), outer.polygon_um()
    length = np.cumsum(np.hypot(*(np.roll(places, -1, axis=0) - places).T))
    number = max(3, round(float(length[-1]) / every_um))
    along = (np.arange(number) + rng.uniform(-0.25, 0.25, number)) / number % 1.0
    at = np.minimum(np.searchsorted(length, along * length[-1]), ANGLES - 1)
    share = level[np.arange(number) % len(level)][:, None]
    here = places[at] + share * (beyond[at] - places[at])
    dy, dx = (places[(at + 3) % ANGLES] - places[at - 3]).T
    return Cells(
        here[:, 0],
        here[:, 1],
        rng.uniform(1.4, 2.1, number).astype(np.float32),
        rng.uniform(3.2, 5.6, number).astype(np.float32),
        (np.arctan2(dy, dx) % math.pi).astype(np.float32),
        rng.integers(0, 2**32, number, dtype=np.uint32),
        kind,
    )
