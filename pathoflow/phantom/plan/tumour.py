"""The tumour as planned: mass, front, capsule, islands, satellites and the slits round them.

A mass pushes on part of its way round, smooth and coated by a capsule, and infiltrates on the
rest: lobulated, bare, with small nests of tumour in the liver before it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.plan.rings import Rings
from pathoflow.phantom.shapes.cells import Extent
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing, waves, wavy_ellipse
from pathoflow.space import Point

_STEP = 2 * np.pi / ANGLES
_THETA = np.arange(ANGLES) * _STEP
#: A capsule is 100 to 800 µm thick, but never more than this share of the mass's radius.
_CAPSULE_MEDIAN_UM, _CAPSULE_UM, _CAPSULE_SHARE = 260.0, (100.0, 800.0), 0.13
#: Nests before an infiltrating front: how many per mm of it, how large, and how far at most.
_ISLANDS_PER_MM, _ISLAND_UM, _ISLAND_AWAY_UM, _ISLANDS_MOST = 3.0, (40.0, 300.0), 250.0, 300
_SATELLITE_UM, _SATELLITE_LEAST_UM = (300.0, 2000.0), 120.0
_SATELLITE_AWAY_UM = (500.0, 3000.0)
#: Nests, satellites and the mass keep at least this much liver between them, slits included, µm.
GAP_UM = 12.0


@dataclass(frozen=True, eq=False)
class Capsule:
    """The pale coat of a tumour: it covers part of the border, with a thickness that varies."""

    #: Thickness at each of the outline's 720 angles, µm; 0 where the coat is missing.
    thickness_um: NDArray[np.float64]
    #: Two layers leave a loose, pale one between them.
    layers: int = 1


@dataclass(frozen=True, eq=False)
class Retraction:
    """A slit where tissue shrank apart: what lies between two outlines about one centre.

    White, without a wall and without endothelium; the outlines coincide where there is no slit.
    """

    inner: WavyRing
    outer: WavyRing

    @property
    def extent_um(self) -> Extent:
        """A rectangle round it."""
        c, reach = self.outer.centre_um, self.outer.reach_um
        return Extent(c.y - reach, c.x - reach, c.y + reach, c.x + reach)

    def polygons_um(self) -> list[NDArray[np.float64]]:
        """One closed outline per open stretch: shape ``(n, 2)``, (y, x) in µm."""
        is_open = self.outer.radius_um - self.inner.radius_um > 0.25
        if is_open.all():
            ends = [self.outer.polygon_um(), self.inner.polygon_um()[::-1]]
            ring = [np.concatenate([end, end[:1]]) for end in ends]
            return [np.concatenate([*ring, ring[0][:1]])]
        starts = np.flatnonzero(is_open & ~np.roll(is_open, 1))
        found = []
        for start in starts:
            length = int(np.argmin(np.roll(is_open, -start)))
            at = np.arange(start - 1, start + length + 1) % ANGLES
            there, back = self.outer.polygon_um()[at], self.inner.polygon_um()[at][::-1]
            found.append(np.concatenate([there, back, there[:1]]))
        return found


@dataclass(frozen=True, slots=True)
class Decay:
    """Shares of the mass's inside that are dead, bled into, and how it is cut by fibrous bands."""

    necrosis: float = 0.0
    haemorrhage: float = 0.0
    #: Half thickness of the fibrous bands inside the mass, µm; 0 for none.
    septa_um: float = 0.0


@dataclass(frozen=True, eq=False)
class Mass:
    """The main tumour and how its border changes on the way round."""

    outline: WavyRing
    #: 0 where the border pushes, 1 where it infiltrates, at each of the 720 angles.
    front: NDArray[np.float64]
    capsule: Capsule
    decay: Decay


def _periodic(rng: np.random.Generator, knots: int) -> NDArray[np.float64]:
    """A random curve over the 720 angles through ``knots`` values within [-1, 1], smooth."""
    values = rng.uniform(-1, 1, knots)
    along = np.arange(ANGLES) * (knots / ANGLES)
    k = along.astype(int)
    t = along - k
    t = t * t * (3 - 2 * t)
    return np.asarray(values[k] + (values[(k + 1) % knots] - values[k]) * t)


def _front(rng: np.random.Generator) -> NDArray[np.float64]:
    """Where the border infiltrates: nowhere, in some sectors, or nearly everywhere."""
    share = float(rng.choice([0.0, rng.uniform(0.2, 0.6), 0.9], p=[0.15, 0.7, 0.15]))
    curve = waves(rng, 1.0, 4)
    bound = np.quantile(curve, 1 - share) if share else np.inf
    sharp = np.clip((curve - bound) / (0.2 * curve.std()) + 0.5, 0, 1)
    return np.asarray(np.mean([np.roll(sharp, k) for k in range(-6, 7)], axis=0))


def _lobes(width_um: float, radius_um: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Bulges side by side with notches between, µm above their chord; some reach far as tongues."""
    number = max(8, int(2 * np.pi * radius_um / width_um))
    ends = (np.arange(number) + rng.uniform(-0.3, 0.3, number)) / number
    # A narrow lobe is low, so that no flank is steeper than about 45 degrees.
    wide = np.diff(np.append(ends, ends[0] + 1)) * number
    high = 0.12 * width_um * wide * rng.choice([0.5, 1.0, 2.0], number, p=[0.35, 0.45, 0.2])
    place = (np.arange(ANGLES) / ANGLES - ends[0]) % 1.0 + ends[0]
    k = np.searchsorted(ends, place, side="right") - 1
    t = (place - ends[k]) * number / wide[k]
    return np.asarray(high[k] * 4 * t * (1 - t))


def draw_mass(piece: WavyRing, rng: np.random.Generator) -> Mass:
    """A mass towards one side of the piece, so that liver remains on the other.

    The knife may cut through it: then it reaches over the piece's edge.
    """
    half = math.sqrt(piece.area_um2 / math.pi)
    radius = half * rng.uniform(0.38, 0.56)
    direction = rng.uniform(0, 2 * np.pi)
    away = half * rng.uniform(0.30, 0.72)
    centre = Point(
        piece.centre_um.y + away * math.sin(direction),
        piece.centre_um.x + away * math.cos(direction),
    )
    aspect = rng.uniform(1.0, 1.3)
    axes = (radius * math.sqrt(aspect), radius / math.sqrt(aspect))
    smooth = wavy_ellipse(rng, centre, axes, rng.uniform(0, np.pi), waves(rng, 0.07, 5))
    front = _front(rng)
    # A lobe needs a dozen of the 720 angles to be round.
    width = max(min(320.0, 0.15 * radius), 12 * _STEP * radius)
    bulges = _lobes(0.7 * radius, radius, rng) * 0.25
    fine = max(min(110.0, 0.06 * radius), 6 * _STEP * radius)
    tongues = _lobes(width, radius, rng) + 1.2 * _lobes(fine, radius, rng)
    reach = smooth.radius_um + front * tongues + (1 - front) * bulges
    outline = WavyRing(centre, reach)
    return Mass(outline, front, _draw_capsule(outline, front, rng), _draw_decay(rng))


def _draw_capsule(
    outline: WavyRing, front: NDArray[np.float64], rng: np.random.Generator
) -> Capsule:
    low, high = _CAPSULE_UM
    thick = float(np.clip(rng.lognormal(math.log(_CAPSULE_MEDIAN_UM), 0.5), low, high))
    thick = min(thick, _CAPSULE_SHARE * float(outline.radius_um.mean()))
    coat = 0.68 + 0.32 * np.clip(_periodic(rng, 7) + 0.4 * _periodic(rng, 25), -1, 1)
    gate = np.clip(1.0 - 2.2 * front, 0, 1)
    gate = np.minimum(gate, np.mean([np.roll(gate, k) for k in range(-5, 6)], axis=0))
    thickness = thick * coat * gate
    thickness[thickness < min(8.0, 0.2 * thick)] = 0.0
    return Capsule(thickness, 2 if rng.random() < 0.4 else 1)


def _draw_decay(rng: np.random.Generator) -> Decay:
    return Decay(
        necrosis=float(rng.choice([0.0, 0.08, 0.2, 0.35], p=[0.3, 0.35, 0.25, 0.1])),
        haemorrhage=float(rng.choice([0.0, 0.03, 0.08], p=[0.4, 0.4, 0.2])),
        septa_um=float(rng.choice([0.0, rng.uniform(8, 30)], p=[0.45, 0.55])),
    )


def capsule_slit(mass: Mass, rng: np.random.Generator) -> Retraction | None:
    """Where the tumour, or the liver, has shrunk away from the capsule."""
    thickness = mass.capsule.thickness_um
    coated = np.clip((thickness - 20.0) / 20.0, 0, 1)
    width = np.clip(_periodic(rng, 17) - 0.35, 0, 0.6) * rng.uniform(15, 50) * coated
    width = np.minimum(width, 0.4 * thickness)
    if not (width > 0.5).any():
        return None
    ring = mass.outline
    if rng.random() < 0.5:
        inner = WavyRing(ring.centre_um, ring.radius_um.copy())
    else:
        inner = ring.inset(-(thickness - width))
    return Retraction(inner, WavyRing(inner.centre_um, inner.radius_um + width * ring.lean))


def draw_islands(
    mass: Mass, piece: WavyRing, rng: np.random.Generator
) -> tuple[tuple[WavyRing, ...], tuple[Retraction, ...]]:
    """Nests of tumour before the infiltrating front, and the slits that some lie in."""
    ring = mass.outline
    chord = ring.radius_um * ring.lean * _STEP
    front_mm = float(chord[mass.front > 0.7].sum()) / 1000
    wanted = min(_ISLANDS_MOST, int(rng.poisson(_ISLANDS_PER_MM * front_mm)))
    if not wanted:
        return (), ()
    shapes = [1 + waves(rng, 0.12, 12) for _ in range(12)]
    chance = np.where(mass.front > 0.7, chord, 0.0)
    angles = rng.choice(ANGLES, 4 * wanted, p=chance / chance.sum())
    largest = min(_ISLAND_UM[1], 0.2 * float(ring.radius_um.mean()))
    size = np.clip(rng.lognormal(math.log(75), 0.5, 4 * wanted), _ISLAND_UM[0], largest)
    nests: list[WavyRing] = []
    slits: list[Retraction] = []
    taken = np.zeros((0, 3))
    for angle, wide in zip(angles.tolist(), size.tolist(), strict=True):
        nest = _nest(ring, angle, wide / 2, np.roll(shapes[angle % 12], angle), rng)
        slit = _nest_slit(nest, rng) if rng.random() < 0.45 else None
        outer = nest if slit is None else slit.outer
        disc = np.array([[outer.centre_um.y, outer.centre_um.x, outer.reach_um]])
        if not Rings((outer,)).clear_of(taken, GAP_UM)[0] or not _fits(outer, mass, piece):
            continue
        nests.append(nest)
        slits += [slit] if slit is not None else []
        taken = np.concatenate([taken, disc])
        if len(nests) == wanted:
            break
    return tuple(nests), tuple(slits)


def _nest(
    ring: WavyRing,
    angle: int,
    half_um: float,
    shape: NDArray[np.float64],
    rng: np.random.Generator,
) -> WavyRing:
    aspect = rng.uniform(1.0, 1.6)
    tilt = rng.uniform(0, np.pi)
    long, short = half_um * math.sqrt(aspect), half_um / math.sqrt(aspect)
    c, s = np.cos(_THETA - tilt), np.sin(_THETA - tilt)
    radius = long * short / np.sqrt((short * c) ** 2 + (long * s) ** 2) * np.clip(shape, 0.6, 1.4)
    # Most lie close to the front: the square of an even draw.
    gap = GAP_UM + (_ISLAND_AWAY_UM - GAP_UM) * rng.random() ** 2
    away = ring.radius_um[angle] + (gap + 0.8 * long) * ring.lean[angle]
    theta = angle * _STEP
    centre = Point(
        ring.centre_um.y + away * math.sin(theta), ring.centre_um.x + away * math.cos(theta)
    )
    return WavyRing(centre, radius)


def _nest_slit(nest: WavyRing, rng: np.random.Generator) -> Retraction | None:
    widest = min(rng.uniform(4, 14), 0.35 * nest.reach_um)
    width = widest * np.clip(0.45 + 0.9 * _periodic(rng, 5), 0, 1)
    if not (width > 0.5).any():
        return None
    return Retraction(nest, WavyRing(nest.centre_um, nest.radius_um + width * nest.lean))


def _fits(outer: WavyRing, mass: Mass, piece: WavyRing) -> bool:
    """Clear of the mass and its capsule, near it, and well inside the tissue."""
    y, x = outer.polygon_um()[::8].T
    if float(piece.signed_distance(y, x).max()) > -30:
        return False
    rho, turn = mass.outline.polar(y, x)
    bare = mass.capsule.thickness_um[(turn * ANGLES).astype(int) % ANGLES] == 0
    to_mass = mass.outline.depth(rho, turn)
    if not bare.all() or not GAP_UM < float(to_mass.min()) < _ISLAND_AWAY_UM:
        return False
    return _apart_um(np.stack([y, x], axis=1), mass.outline) < 0.97 * _ISLAND_AWAY_UM


def _apart_um(places_um: NDArray[np.float64], ring: WavyRing) -> float:
    """Least distance from places (y, x) to the vertices of an outline."""
    border = ring.polygon_um()[::2]
    dy = places_um[:, None, 0] - border[:, 0]
    dx = places_um[:, None, 1] - border[:, 1]
    return math.sqrt(float((dy * dy + dx * dx).min()))


def draw_satellites(
    mass: Mass, piece: WavyRing, islands: Rings, number: int, rng: np.random.Generator
) -> tuple[WavyRing, ...]:
    """Up to ``number`` nodules in the liver, 0.5 to 3 mm from the mass; fewer where room ends."""
    found: list[WavyRing] = []
    largest = min(_SATELLITE_UM[1], 0.7 * float(mass.outline.radius_um.mean()))
    for _ in range(number):
        wide = float(np.clip(rng.lognormal(math.log(700), 0.5), _SATELLITE_UM[0], largest))
        for attempt in range(240):
            # What finds no room tries smaller.
            half = 0.5 * max(_SATELLITE_LEAST_UM, wide * 0.8 ** (attempt // 30))
            centre = _satellite_place(mass.outline, half, rng)
            here = np.array([centre.y]), np.array([centre.x])
            if float(piece.signed_distance(*here)[0]) > -(0.8 * half + 40):
                continue
            aspect = rng.uniform(1.0, 1.3)
            axes = (half * math.sqrt(aspect), half / math.sqrt(aspect))
            nodule = wavy_ellipse(rng, centre, axes, rng.uniform(0, np.pi), waves(rng, 0.06, 24))
            others = [*islands.discs_um, *Rings(tuple(found)).discs_um]
            if not Rings((nodule,)).clear_of(np.array(others).reshape(-1, 3), 40.0)[0]:
                continue
            outline = nodule.polygon_um()[::6]
            if float(piece.signed_distance(outline[:, 0], outline[:, 1]).max()) > -40:
                continue
            outside = float(mass.outline.signed_distance(*outline.T).min()) > 0
            low, high = _SATELLITE_AWAY_UM
            if outside and low <= _apart_um(outline, mass.outline) <= high:
                found.append(nodule)
                break
    return tuple(found)


def _satellite_place(ring: WavyRing, half_um: float, rng: np.random.Generator) -> Point:
    angle = int(rng.integers(ANGLES))
    low, high = _SATELLITE_AWAY_UM
    away = ring.radius_um[angle] + half_um + rng.uniform(low, low + 0.6 * (high - low))
    theta = angle * _STEP
    return Point(
        ring.centre_um.y + away * math.sin(theta), ring.centre_um.x + away * math.cos(theta)
    )
