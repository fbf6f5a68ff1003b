"""Outlines of veins, drawn round (0, 0): oval, angular, folded or collapsed to a slit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.plan.look import Look
from pathoflow.phantom.plan.vessel import VesselRole
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing, waves, wavy_ellipse
from pathoflow.space import Point

_ORIGIN = Point(0.0, 0.0)
_THETA = np.arange(ANGLES) * (2 * np.pi / ANGLES)
#: The middle of the families' shares; walls are scaled by how far a slide's own share is from it.
_USUAL_WALL_SHARE = 0.078
#: A collapsed vein is as long as this share of the diameter that it has when it is open: half its
#: girth, less what the folds at both ends take.
SLIT_LENGTH = 1.4
#: Portal veins from this diameter on lie in the larger tracts and carry the thicker wall.
LARGE_PORTAL_UM = 150.0

#: The outer and the inner outline of a vein, an artery or a duct.
Tube = tuple[WavyRing, WavyRing]


class Form(IntEnum):
    """How the outline of a vein deviates from a circle."""

    OVAL = 0
    ANGULAR = 1
    FOLDED = 2
    SLIT = 3


@dataclass(frozen=True, slots=True)
class VeinSize:
    """What is settled about a vein before its outline is drawn."""

    role: VesselRole
    form: Form
    #: Short outer diameter, µm; of a slit the diameter that the vein has when it is open.
    diameter_um: float
    #: Long over short side of the lumen.
    aspect: float
    #: Steps of half a degree by which the long side is turned from the x axis.
    tilt: int


def draw_vein_shape(size: VeinSize, look: Look, rng: np.random.Generator) -> Tube:
    """Outer wall and lumen of a vein."""
    wall = _wall_um(size, look, rng)
    lumen, bed = _draw_lumen(size, wall, rng)
    uneven = np.clip(1 + look.wall_uneven * waves(rng, 0.5, 6), 0.55, 1.9)
    outer = coat(bed, wall * uneven)
    return _turned(outer, size.tilt), _turned(lumen, size.tilt)


def _wall_um(size: VeinSize, look: Look, rng: np.random.Generator) -> float:
    """Thickness of the wall: central 1-3 µm, portal 2-8 or 10-30, sublobular 15-80."""
    scale = look.wall_share / _USUAL_WALL_SHARE * float(rng.lognormal(0, 0.25))
    d = size.diameter_um
    if size.role == "sublobular":
        low, usual, high = 15.0, 0.10 * d, 80.0
    elif size.role == "portal" and d < LARGE_PORTAL_UM:
        low, usual, high = 2.0, 2.0 + 5.0 * d / LARGE_PORTAL_UM, 8.0
    elif size.role == "portal":
        low, usual, high = 10.0, 0.05 * d, 30.0
    else:
        low, usual, high = 1.0, 1.2 + 0.008 * d, 3.0
    return min(float(np.clip(usual * scale, low, high)), 0.2 * d)


def _draw_lumen(size: VeinSize, wall: float, rng: np.random.Generator) -> Tube:
    """The lumen, and the smooth outline on which the wall lies: without the lumen's folds."""
    if size.form is Form.SLIT:
        slit = _draw_slit(size, rng)
        return slit, slit
    half = 0.5 * size.diameter_um - wall
    bed = wavy_ellipse(rng, _ORIGIN, (half * size.aspect, half), 0.0, waves(rng, 0.045, 7))
    if size.form is Form.ANGULAR:
        bed = WavyRing(_ORIGIN, bed.radius_um * _corners(rng))
    if size.form is not Form.FOLDED:
        return bed, bed
    dents = np.zeros(ANGLES)
    for _ in range(int(rng.integers(3, 8))):
        away = np.abs((_THETA - rng.uniform(0, 2 * np.pi) + np.pi) % (2 * np.pi) - np.pi)
        dents += rng.uniform(0.08, 0.24) * np.exp(-((away / rng.uniform(0.15, 0.34)) ** 2))
    return WavyRing(_ORIGIN, bed.radius_um * (1 - np.minimum(dents, 0.5))), bed


def _corners(rng: np.random.Generator) -> NDArray[np.float64]:
    """Relative radius of an uneven polygon of four to seven sides with rounded corners."""
    sides = int(rng.integers(4, 8))
    turn = (np.arange(sides) + rng.uniform(-0.3, 0.3, sides)) / sides + rng.uniform()
    apart = rng.uniform(0.84, 1.2, sides)
    facing = np.maximum(np.cos(_THETA[:, None] - 2 * np.pi * turn), 0.0) / apart
    sharpness = rng.uniform(6.0, 10.0)
    radius = (facing**sharpness).sum(axis=1) ** (-1 / sharpness)
    return np.asarray(np.clip(radius / radius.mean(), 0.75, 1.25))


def _draw_slit(size: VeinSize, rng: np.random.Generator) -> WavyRing:
    """A lumen whose walls nearly touch, a little bent and of uneven width."""
    long = 0.5 * SLIT_LENGTH * size.diameter_um
    short = long / size.aspect
    bend = rng.uniform(-1.0, 1.0) * short
    width = short * np.clip(1 + waves(rng, 0.3, 6), 0.4, 1.4)
    y = width * np.sin(_THETA) + bend * (np.cos(_THETA) ** 2 - 0.5)
    return _ring_through(y, long * np.cos(_THETA))


def coat(lumen: WavyRing, thickness_um: NDArray[np.float64]) -> WavyRing:
    """The outline that lies ``thickness_um`` outside ``lumen``, measured along its normal.

    `WavyRing.inset` is good to first order only, and would swell round the ends of a slit.
    """
    y, x = (lumen.polygon_um() - [lumen.centre_um.y, lumen.centre_um.x]).T
    dy, dx = np.roll(y, -1) - np.roll(y, 1), np.roll(x, -1) - np.roll(x, 1)
    length = np.hypot(dy, dx)
    ring = _ring_through(y - thickness_um * dx / length, x + thickness_um * dy / length)
    # Where folds of the offset cross, the wall keeps most of its thickness.
    radius = np.maximum(ring.radius_um, lumen.radius_um + 0.8 * thickness_um)
    return WavyRing(lumen.centre_um, radius)


def _ring_through(y: NDArray[np.float64], x: NDArray[np.float64]) -> WavyRing:
    """The star-shaped outline through the points of a closed curve round (0, 0)."""
    turn, radius = np.arctan2(y, x) % (2 * np.pi), np.hypot(y, x)
    order = np.argsort(turn)
    return WavyRing(_ORIGIN, np.interp(_THETA, turn[order], radius[order], period=2 * np.pi))


def _turned(ring: WavyRing, steps: int) -> WavyRing:
    """The ring turned by steps of half a degree about its own centre, (0, 0)."""
    return WavyRing(ring.centre_um, np.roll(ring.radius_um, steps))


def vein_reach_um(
    diameter_um: NDArray[np.float64], aspect: NDArray[np.float64], form: NDArray[np.int8]
) -> NDArray[np.float64]:
    """A radius that holds nearly every vein of these sizes; those few that overshoot are redrawn."""
    open_reach = np.where(form == Form.OVAL, 0.58, 0.63) * diameter_um * aspect
    slit_reach = 0.5 * SLIT_LENGTH * diameter_um * 1.06
    return np.where(form == Form.SLIT, slit_reach, open_reach) + 6.0


def least_open_um(cells: int, density_um2: float) -> float:
    """The short diameter of a vein that has room for so many cells of a plug, wall included."""
    return 1.3 * 2 * math.sqrt(cells / density_um2 / math.pi) + 6.0
