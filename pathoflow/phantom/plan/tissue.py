"""Where there is tissue, tumour, capsule and torn holes: a few large outlines per slide."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.shapes.outline import WavyRing, waves, wavy_ellipse
from pathoflow.space import Point, Size

#: Tissue keeps away from the slide's border, as a share of the slide's side.
_GLASS_MARGIN = 0.03


@dataclass(frozen=True, eq=False)
class Capsule:
    """The pale coat of a tumour: it covers part of the border, with a thickness that varies."""

    #: Thickness at each of the outline's 720 angles, µm; 0 where the coat is missing.
    thickness_um: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TissuePlan:
    """The slide's large outlines."""

    pieces: tuple[WavyRing, ...]
    tumour: WavyRing | None
    capsule: Capsule | None
    #: Torn holes and clefts: white, without a wall, no vessels.
    clefts: tuple[WavyRing, ...]

    def tissue_distance(
        self, y_um: NDArray[np.floating], x_um: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """Distance to the nearest silhouette in µm, negative in tissue."""
        nearest = self.pieces[0].signed_distance(y_um, x_um)
        for piece in self.pieces[1:]:
            nearest = np.minimum(nearest, piece.signed_distance(y_um, x_um))
        return nearest


def _extent_um(size: Size, mpp: float) -> tuple[float, float]:
    return size.height * mpp, size.width * mpp


def _silhouettes(size: Size, mpp: float, rng: np.random.Generator) -> tuple[WavyRing, ...]:
    """One piece on a square slide, up to three side by side on a long one."""
    height, width = _extent_um(size, mpp)
    number = min(3, max(1, round(max(height, width) / min(height, width))))
    upright = height > width
    rings = []
    for k in range(number):
        cell_h, cell_w = (height / number, width) if upright else (height, width / number)
        centre = Point(cell_h * (0.5 + k * upright), cell_w * (0.5 + k * (not upright)))
        half_y, half_x = cell_h * (0.5 - _GLASS_MARGIN), cell_w * (0.5 - _GLASS_MARGIN)
        wobble = waves(rng, 0.028, 14)
        ring = wavy_ellipse(rng, centre, (half_x, half_y), 0.0, wobble)
        # Shrink until the furthest wave still leaves its margin of glass.
        polygon = ring.polygon_um() - [centre.y, centre.x]
        overshoot = max(np.abs(polygon[:, 0]).max() / half_y, np.abs(polygon[:, 1]).max() / half_x)
        rings.append(ring.scaled(1.0 / overshoot))
    return tuple(rings)


def _tumour(piece: WavyRing, rng: np.random.Generator) -> WavyRing:
    """A mass near one side of the piece, so that liver remains on the other."""
    half = math.sqrt(piece.area_um2 / math.pi)
    radius = half * rng.uniform(0.38, 0.5)
    direction = rng.uniform(0, 2 * np.pi)
    away = half * rng.uniform(0.30, 0.48)
    centre = Point(
        piece.centre_um.y + away * math.sin(direction),
        piece.centre_um.x + away * math.cos(direction),
    )
    aspect = rng.uniform(1.0, 1.35)
    axes = (radius * math.sqrt(aspect), radius / math.sqrt(aspect))
    return wavy_ellipse(rng, centre, axes, rng.uniform(0, np.pi), waves(rng, 0.05, 14))


def _capsule(tumour: WavyRing, rng: np.random.Generator) -> Capsule:
    thickest = min(rng.uniform(100, 300), 0.2 * tumour.reach_um)
    coat = 0.55 + rng.uniform(-0.35, 0.35) + waves(rng, 0.5, 5)
    return Capsule(thickest * np.clip(coat * 1.4, 0.0, 1.0))


def _clefts(pieces: tuple[WavyRing, ...], rng: np.random.Generator) -> tuple[WavyRing, ...]:
    area_mm2 = sum(piece.area_um2 for piece in pieces) / 1e6
    found = []
    for _ in range(int(rng.poisson(0.35 * area_mm2))):
        piece = pieces[int(rng.integers(len(pieces)))]
        turn, out = rng.uniform(0, 2 * np.pi), math.sqrt(rng.uniform(0, 0.85))
        reach = piece.radius_um[int(turn / (2 * np.pi) * len(piece.radius_um))] * out
        centre = Point(
            piece.centre_um.y + reach * math.sin(turn), piece.centre_um.x + reach * math.cos(turn)
        )
        half = min(
            0.5 * float(np.clip(rng.lognormal(math.log(80), 0.6), 25, 400)), 0.1 * piece.reach_um
        )
        aspect = rng.uniform(1.1, 4.0)
        axes = (half * math.sqrt(aspect), half / math.sqrt(aspect))
        found.append(wavy_ellipse(rng, centre, axes, rng.uniform(0, np.pi), waves(rng, 0.13, 16)))
    return tuple(found)


def plan_tissue(size: Size, mpp: float, tumour: bool, rng: np.random.Generator) -> TissuePlan:
    """Draw the large outlines of a slide of ``size`` level-0 pixels of ``mpp`` µm."""
    pieces = _silhouettes(size, mpp, rng)
    mass = _tumour(pieces[0], rng) if tumour else None
    capsule = _capsule(mass, rng) if mass is not None else None
    return TissuePlan(pieces, mass, capsule, _clefts(pieces, rng))
