"""Where there is tissue, tumour, capsule and torn holes: the slide's large outlines."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import UsageError
from pathoflow.phantom.plan.rings import Rings
from pathoflow.phantom.plan.tumour import (
    Capsule,
    Decay,
    Retraction,
    capsule_slit,
    draw_islands,
    draw_mass,
    draw_satellites,
)
from pathoflow.phantom.recipe.family import FAMILIES
from pathoflow.phantom.recipe.spec import PhantomSpec
from pathoflow.phantom.shapes.cells import Extent
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing, waves
from pathoflow.space import Point, Size

#: Tissue keeps away from the slide's border, as a share of the slide's side.
_GLASS_MARGIN = 0.03
_THETA = np.arange(ANGLES) * (2 * np.pi / ANGLES)
#: How sharply two sides of a block meet: the power of a soft minimum.
_CORNER = 70.0
#: Tears: median and range of their short side, and the share that are long cracks.
_TEAR_MEDIAN_UM, _TEAR_UM, _CRACKS = 60.0, (20.0, 320.0), 0.15


@dataclass(frozen=True, eq=False)
class TissuePlan:
    """The slide's large outlines."""

    pieces: tuple[WavyRing, ...]
    #: The main mass: distances to the tumour are distances to it. It may reach over the piece's
    #: edge, where the knife cut through it.
    tumour: WavyRing | None
    capsule: Capsule | None
    #: Torn holes and cracks: white, without a wall, no vessels.
    clefts: tuple[WavyRing, ...]
    #: Small nests of tumour before an infiltrating front, within 250 µm of it.
    islands: tuple[WavyRing, ...] = ()
    #: Nodules 0.5 to 3 mm apart from the mass.
    satellites: tuple[WavyRing, ...] = ()
    #: Slits round nests and at the capsule.
    retractions: tuple[Retraction, ...] = ()
    #: 0 where the mass pushes and 1 where it infiltrates, at each of the 720 angles; None without
    #: a mass.
    front: NDArray[np.float64] | None = None
    decay: Decay = field(default_factory=Decay)

    def tissue_distance(
        self, y_um: NDArray[np.floating], x_um: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """Distance to the nearest silhouette in µm, negative in tissue."""
        nearest = self.pieces[0].signed_distance(y_um, x_um)
        for piece in self.pieces[1:]:
            nearest = np.minimum(nearest, piece.signed_distance(y_um, x_um))
        return nearest

    def mass_distance(
        self, y_um: NDArray[np.floating], x_um: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """Distance to the main mass in µm, negative inside, to first order; infinite without one."""
        if self.tumour is None:
            shape = np.broadcast_shapes(np.shape(y_um), np.shape(x_um))
            return np.full(shape, np.inf, np.float32)
        return self.tumour.signed_distance(y_um, x_um)

    def tumour_distance(
        self, y_um: NDArray[np.floating], x_um: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """Distance to the nearest of mass, islands and satellites in µm, negative inside."""
        nearest = self.mass_distance(y_um, x_um)
        return np.minimum(nearest, self.nests.distance(y_um, x_um))

    @cached_property
    def nests(self) -> Rings:
        """Islands and satellites."""
        return Rings(self.islands + self.satellites)

    @cached_property
    def _holes(self) -> Rings:
        return Rings(self.clefts)

    def clefts_in(self, extent: Extent) -> list[WavyRing]:
        """The torn holes that may touch ``extent``."""
        return self._holes.meeting(extent)

    def cleft_distance(
        self, y_um: NDArray[np.floating], x_um: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """Distance to the nearest torn hole in µm, negative inside; infinite without any."""
        return self._holes.distance(y_um, x_um)

    def clefts_clear_of(self, discs_um: NDArray[np.float64], gap_um: float) -> tuple[WavyRing, ...]:
        """The torn holes that keep ``gap_um`` from all discs: rows of centre (y, x) and reach."""
        clear = self._holes.clear_of(discs_um, gap_um)
        return tuple(self.clefts[k] for k in np.flatnonzero(clear))

    def retractions_in(self, extent: Extent) -> list[Retraction]:
        """The slits that may touch ``extent``."""
        return [slit for slit in self.retractions if extent.meets(slit.extent_um)]

    @cached_property
    def liver_area_um2(self) -> float:
        """Area of tissue outside mass, islands and satellites, to about a percent."""
        area = 0.0
        for piece in self.pieces:
            # Rays from the centre, each in steps of equal area.
            out = np.sqrt((np.arange(64) + 0.5) / 64)[:, None]
            at = np.arange(0, ANGLES, 4)
            y = piece.centre_um.y + out * (piece.radius_um * np.sin(_THETA))[at]
            x = piece.centre_um.x + out * (piece.radius_um * np.cos(_THETA))[at]
            share = (self.mass_distance(y, x) > 0).mean(axis=0)
            weight = piece.radius_um[at] ** 2
            area += piece.area_um2 * float((share * weight).sum() / weight.sum())
        return area - sum(ring.area_um2 for ring in self.nests.rings)


def _fractal(rng: np.random.Generator, knots: int, layers: int) -> NDArray[np.float64]:
    """A jagged random curve over the 720 angles, each layer of knots finer and weaker by half."""
    total = np.zeros(ANGLES)
    for layer in range(layers):
        number = knots * 2**layer
        values = rng.uniform(-1, 1, number)
        along = np.arange(ANGLES) * (number / ANGLES)
        total += np.interp(along, np.arange(number + 1), np.append(values, values[0])) / 1.7**layer
    return total


def _side(
    distance_um: float, facing: float, bend: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Radius of a straight cut that faces ``facing``, bulging by ``bend`` of its distance."""
    across = np.cos(_THETA - facing)
    reach = np.where(across > 0.05, distance_um / np.maximum(across, 0.05), 20 * distance_um)
    # A bulge is highest in the middle of the side and gone a diagonal away.
    reach *= 1 + bend * np.clip((across - 0.7) / 0.3, 0, 1)
    return np.asarray(reach * (1 + 0.0016 * _fractal(rng, 9, 3)))


def _block(half_um: tuple[float, float], rng: np.random.Generator) -> NDArray[np.float64]:
    """A block of tissue as cut: three straight sides and one natural or torn, sharp corners."""
    turn = rng.normal(0, 0.025)
    wild = int(rng.integers(4))
    is_torn = rng.random() < 0.55
    sides = []
    for k, half in enumerate((half_um[1], half_um[0], half_um[1], half_um[0])):
        facing = k * np.pi / 2 + turn + rng.normal(0, 0.035)
        bend = rng.uniform(0.03, 0.12) if k == wild and not is_torn else 0.0
        sides.append(_side(half * rng.uniform(0.9, 1.0), facing, bend, rng))
    if rng.random() < 0.4:
        # A corner is cut off.
        corner = rng.integers(4) * np.pi / 2 + np.pi / 4 + rng.normal(0, 0.2)
        sides.append(_side(math.hypot(*half_um) * rng.uniform(0.74, 0.9), corner, 0.0, rng))
    radius = np.sum([side**-_CORNER for side in np.array(sides) / half_um[0]], axis=0)
    radius = half_um[0] * radius ** (-1 / _CORNER)
    # The wild side is ragged at every scale that 720 angles can carry; a natural one only a little.
    window = np.clip((np.cos(_THETA - wild * np.pi / 2 - turn) - 0.62) / 0.12, 0, 1)
    ragged = 0.075 if is_torn else 0.004
    dents = np.clip(_fractal(rng, 17, 5) + 0.25, None, 0.5) * ragged
    return np.asarray(radius * (1 + window * dents))


def _silhouettes(size: Size, mpp: float, rng: np.random.Generator) -> tuple[WavyRing, ...]:
    """One piece on a square slide, up to three side by side on a long one."""
    height, width = size.height * mpp, size.width * mpp
    number = min(3, max(1, round(max(height, width) / min(height, width))))
    upright = height > width
    rings = []
    for k in range(number):
        cell_h, cell_w = (height / number, width) if upright else (height, width / number)
        centre = Point(cell_h * (0.5 + k * upright), cell_w * (0.5 + k * (not upright)))
        half_y, half_x = cell_h * (0.5 - _GLASS_MARGIN), cell_w * (0.5 - _GLASS_MARGIN)
        ring = WavyRing(centre, _block((half_y, half_x), rng))
        # Shrink until the furthest corner still leaves its margin of glass.
        polygon = ring.polygon_um() - [centre.y, centre.x]
        overshoot = max(np.abs(polygon[:, 0]).max() / half_y, np.abs(polygon[:, 1]).max() / half_x)
        # A knife leaves a rough edge: a few µm from one angle to the next, whatever the size.
        rough = np.clip(rng.normal(0, 2.5, ANGLES), -5, 5) * min(1.0, half_y / 2000)
        rings.append(WavyRing(centre, ring.radius_um / overshoot - 5.0 + rough))
    return tuple(rings)


def _tear_number(spec: PhantomSpec, area_mm2: float, rng: np.random.Generator) -> int:
    if spec.artefacts.tears is not None:
        return spec.artefacts.tears
    return int(rng.poisson(FAMILIES[spec.family].artefacts.tears_per_mm2 * area_mm2))


def _tears(
    pieces: tuple[WavyRing, ...], number: int, rng: np.random.Generator
) -> tuple[WavyRing, ...]:
    """Holes and cracks anywhere in the tissue, all drawn at once: a large slide has thousands."""
    areas = np.array([piece.area_um2 for piece in pieces])
    piece = rng.choice(len(pieces), number, p=areas / areas.sum())
    angle = rng.integers(ANGLES, size=number)
    radii = np.array([p.radius_um for p in pieces])
    out = radii[piece, angle] * np.sqrt(rng.uniform(0, 0.85, number))
    centres = np.array([(p.centre_um.y, p.centre_um.x) for p in pieces])[piece]
    centres += np.stack([out * np.sin(_THETA[angle]), out * np.cos(_THETA[angle])], axis=1)
    short = 0.5 * np.clip(rng.lognormal(math.log(_TEAR_MEDIAN_UM), 0.6, number), *_TEAR_UM)
    crack = rng.random(number) < _CRACKS
    aspect = np.where(crack, rng.uniform(6, 10, number), rng.uniform(1.1, 4.0, number))
    short = np.minimum(short, np.where(crack, 35.0, np.inf))
    short = np.minimum(short, 0.1 * radii.max(axis=1)[piece] / np.sqrt(aspect))
    wobbles = np.array([1 + waves(rng, 0.13, 16) for _ in range(24)])
    shape, shift = rng.integers(24, size=number), rng.integers(ANGLES, size=number)
    tilt = rng.uniform(0, np.pi, number)
    rings = []
    for k in range(number):
        c, s = np.cos(_THETA - tilt[k]), np.sin(_THETA - tilt[k])
        radius = short[k] * aspect[k] / np.sqrt(c * c + (aspect[k] * s) ** 2)
        radius *= np.clip(np.roll(wobbles[shape[k]], shift[k]), 0.4, 1.8)
        rings.append(WavyRing(Point(*centres[k].tolist()), radius))
    return tuple(rings)


def plan_tissue(spec: PhantomSpec, rng: np.random.Generator) -> TissuePlan:
    """Draw the large outlines of a slide.

    Raises
    ------
    UsageError
        More satellites are asked for than find room.
    """
    pieces = _silhouettes(spec.size, spec.mpp, rng)
    area_mm2 = sum(piece.area_um2 for piece in pieces) / 1e6
    number = _tear_number(spec, area_mm2, rng)
    if not spec.tumour:
        return TissuePlan(pieces, None, None, _tears(pieces, number, rng))
    mass = draw_mass(pieces[0], rng)
    islands, slits = draw_islands(mass, pieces[0], rng)
    satellites = draw_satellites(mass, pieces[0], Rings(islands), spec.satellites, rng)
    if len(satellites) < spec.satellites:
        raise UsageError(
            f"satellites = {spec.satellites} do not fit on {list(spec.size_px)} px of"
            f" {spec.mpp:g} µm, 0.5 to 3 mm from the mass: lower satellites, or enlarge size_px."
        )
    slit = capsule_slit(mass, rng)
    nests = Rings(islands + satellites)
    tears = Rings(_tears(pieces, 2 * number + 8, rng))
    clear = np.flatnonzero(tears.clear_of(nests.discs_um, 25.0))[:number]
    return TissuePlan(
        pieces,
        mass.outline,
        mass.capsule,
        tuple(tears.rings[k] for k in clear),
        islands,
        satellites,
        slits if slit is None else (*slits, slit),
        mass.front,
        mass.decay,
    )
