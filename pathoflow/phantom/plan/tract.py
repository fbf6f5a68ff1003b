"""Shapes of veins, arteries, ducts and portal tracts, drawn round (0, 0) before they are placed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon

from pathoflow.phantom.plan.look import Look
from pathoflow.phantom.plan.vessel import VesselKind
from pathoflow.phantom.shapes.cells import CellKind, Cells
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing, waves, wavy_ellipse
from pathoflow.space import Point, to_xy

_ORIGIN = Point(0.0, 0.0)
_THETA = np.arange(ANGLES) * (2 * np.pi / ANGLES)
#: Vein, artery and duct of one tract keep at least this much collagen between their outer walls.
_BETWEEN_UM = 15.5

Tube = tuple[WavyRing, WavyRing]


@dataclass(frozen=True, eq=False)
class TractShape:
    """A portal tract round its vein's centre; a tube is its outer and inner outline."""

    stroma: WavyRing
    artery: Tube
    duct: Tube
    duct_cells: Cells


def draw_vein_shape(
    diameter_um: float, kind: VesselKind, look: Look, rng: np.random.Generator
) -> Tube:
    """Outer wall and lumen of a vein whose short diameter is about ``diameter_um``.

    Hepatic veins are cut obliquely more often, so they are longer; portal veins have the thicker
    wall.
    """
    aspect = 1.0 + (1.5 if kind == "hepatic" else 0.9) * float(rng.beta(1.2, 2.2))
    half = diameter_um / 2
    axes = (half * aspect, half)
    outer = wavy_ellipse(rng, _ORIGIN, axes, rng.uniform(0, np.pi), waves(rng, 0.055, 7))
    wall = half * look.wall_share * rng.lognormal(0, 0.25) * (1.3 if kind == "portal" else 0.85)
    wall = float(np.clip(wall, 2.0, 45.0))
    uneven = np.clip(1 + look.wall_uneven * waves(rng, 0.5, 6), 0.6, 2.2)
    return outer, outer.inset(wall * uneven)


def draw_artery_shape(diameter_um: float, rng: np.random.Generator) -> Tube:
    """A small round artery whose wall is about as thick as half its lumen is wide."""
    half = diameter_um / 2
    aspect = rng.uniform(1.0, 1.35)
    outer = wavy_ellipse(
        rng, _ORIGIN, (half * aspect, half), rng.uniform(0, np.pi), waves(rng, 0.02, 5)
    )
    return outer, outer.inset(half * rng.uniform(0.42, 0.55) * (1 + waves(rng, 0.05, 4)))


def _draw_duct(diameter_um: float, rng: np.random.Generator) -> tuple[Tube, Cells]:
    """A duct and its nuclei, evenly spaced half way up a cuboidal epithelium."""
    half = diameter_um / 2
    axes = (half * rng.uniform(1.0, 1.4), half)
    outer = wavy_ellipse(rng, _ORIGIN, axes, rng.uniform(0, np.pi), waves(rng, 0.02, 5))
    height = min(9.5, 0.62 * half)
    lumen = outer.inset(height)
    middle = outer.inset(0.5 * height)
    number = max(6, round(2 * math.pi * float(middle.radius_um.mean()) / 8.2))
    turn = (np.arange(number) + rng.uniform(-0.18, 0.18, number)) / number
    at = (turn * ANGLES).astype(int) % ANGLES
    theta, rho = _THETA[at], middle.radius_um[at]
    cells = Cells(
        rho * np.sin(theta),
        rho * np.cos(theta),
        np.full(number, min(3.0, 0.42 * height), np.float32),
        np.full(number, 1.25, np.float32),
        theta.astype(np.float32),
        rng.integers(0, 2**32, number, dtype=np.uint32),
        CellKind.DUCT,
    )
    return (outer, lumen), cells


def _gap_um(a: WavyRing, b: WavyRing) -> float:
    return float(Polygon(to_xy(a.polygon_um())).distance(Polygon(to_xy(b.polygon_um()))))


def _beside(tube: WavyRing, others: list[WavyRing], turn: float, gap: float) -> Point:
    """Where the tube goes, seen from the vein at the angle ``turn``, ``gap`` or more from all."""
    vein = others[0]
    away = float(vein.radius_um[int(turn / (2 * np.pi) * ANGLES) % ANGLES]) + tube.reach_um + gap
    while True:
        place = Point(away * math.sin(turn), away * math.cos(turn))
        if all(_gap_um(tube.moved_to(place), other) >= gap for other in others):
            return place
        away += 4.0


def _stroma(parts: list[WavyRing], margin_um: float, rng: np.random.Generator) -> WavyRing:
    """A smooth outline that keeps at least 8 µm of collagen round all parts."""
    places: NDArray[np.float64] = np.concatenate([part.polygon_um() for part in parts])
    centre = places.mean(axis=0)
    dy, dx = (places - centre).T
    turn = (np.arctan2(dy, dx) % (2 * np.pi)) / (2 * np.pi) * ANGLES
    reach = np.zeros(ANGLES)
    np.maximum.at(reach, turn.astype(int) % ANGLES, np.hypot(dy, dx))
    # The widest part within 15 degrees either way, then smoothed: a tract has no notches.
    window = ANGLES // 24
    wide = np.max([np.roll(reach, k) for k in range(-window, window + 1)], axis=0)
    smooth = np.mean([np.roll(wide, k) for k in range(-2 * window, 2 * window + 1, 3)], axis=0)
    radius = np.maximum(smooth, wide) * (1 + np.abs(waves(rng, 0.10, 9))) + margin_um
    for _ in range(2):
        radius = np.mean([np.roll(radius, k) for k in range(-12, 13, 3)], axis=0)
    ring = WavyRing(Point(float(centre[0]), float(centre[1])), radius)
    while float(ring.signed_distance(places[:, 0], places[:, 1]).max()) > -8.0:
        ring = ring.scaled(1.05)
    return ring


def draw_tract_shape(
    vein: Tube, diameter_um: float, look: Look, rng: np.random.Generator
) -> TractShape:
    """An artery and a duct beside the vein, and the collagen that holds them together."""
    artery_um = float(np.clip(0.32 * diameter_um * rng.lognormal(0, 0.25), 28, 110))
    duct_um = float(np.clip(0.30 * diameter_um * rng.lognormal(0, 0.25), 24, 90))
    artery = draw_artery_shape(artery_um, rng)
    (duct_outer, duct_lumen), duct_cells = _draw_duct(duct_um, rng)
    turn = rng.uniform(0, 2 * np.pi)
    side = _beside(artery[0], [vein[0]], turn, _BETWEEN_UM + rng.uniform(0, 15))
    artery = (artery[0].moved_to(side), artery[1].moved_to(side))
    other = turn + rng.choice([-1, 1]) * rng.uniform(0.6, 1.6)
    place = _beside(duct_outer, [vein[0], artery[0]], other, _BETWEEN_UM)
    duct = (duct_outer.moved_to(place), duct_lumen.moved_to(place))
    margin = float(np.clip(0.2 * diameter_um * rng.lognormal(0, 0.4), 10, 90)) * look.texture_scale
    return TractShape(
        _stroma([vein[0], artery[0], duct[0]], margin, rng),
        artery,
        duct,
        duct_cells.moved(place.y, place.x),
    )
