"""Shapes of arteries, ducts and portal tracts, drawn round (0, 0) before they are placed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, uniform_filter1d
from shapely import Polygon

from pathoflow.phantom.plan.vein import Tube, coat
from pathoflow.phantom.shapes.cells import CellKind, Cells
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing, waves, wavy_ellipse
from pathoflow.space import Point, to_xy

_ORIGIN = Point(0.0, 0.0)
_THETA = np.arange(ANGLES) * (2 * np.pi / ANGLES)
#: Vessels of one tract keep at least this much collagen between their outer walls; ducts less.
BETWEEN_UM, _ROUND_DUCT_UM = 15.2, 7.0
_ARTERY_UM, _DUCT_UM = (15.0, 100.0), (20.0, 60.0)


@dataclass(frozen=True, eq=False)
class TractShape:
    """A portal tract; the first vein lies at (0, 0)."""

    stroma: WavyRing
    veins: tuple[Tube, ...]
    arteries: tuple[Tube, ...]
    ducts: tuple[Tube, ...]
    #: Nuclei of each duct's epithelium.
    duct_cells: tuple[Cells, ...]


def moved(tube: Tube, place: Point) -> Tube:
    """The tube, drawn round (0, 0), round another centre."""
    return tube[0].moved_to(place), tube[1].moved_to(place)


def draw_artery_shape(diameter_um: float, rng: np.random.Generator) -> Tube:
    """A small round artery: its wall is about as thick as its lumen is wide.

    The lumen is scalloped, because the elastic layer shrinks into waves after death.
    """
    half = diameter_um / 2
    aspect = rng.uniform(1.0, 1.35)
    # Wall over lumen diameter of 0.8 to 1.2, so the lumen's radius is 0.29 to 0.38 of the outer.
    lumen_half = half / (1 + 2 * rng.uniform(0.8, 1.2))
    wobble = waves(rng, 0.02, 5)
    waviness = rng.uniform(0.02, 0.09) * np.cos(int(rng.integers(7, 13)) * _THETA)
    axes = (lumen_half * aspect, lumen_half)
    smooth = wavy_ellipse(rng, _ORIGIN, axes, rng.uniform(0, np.pi), wobble)
    outer = coat(smooth, (half - lumen_half) * (1 + waves(rng, 0.05, 4)))
    return outer, WavyRing(_ORIGIN, smooth.radius_um * (1 + waviness))


def draw_duct(diameter_um: float, rng: np.random.Generator) -> tuple[Tube, Cells]:
    """A duct and its 8 to 20 nuclei, evenly spaced in the foot of a cuboidal epithelium."""
    half = diameter_um / 2
    axes = (half * rng.uniform(1.0, 1.3), half)
    outer = wavy_ellipse(rng, _ORIGIN, axes, rng.uniform(0, np.pi), waves(rng, 0.02, 5))
    height = min(12.0, 0.70 * half)
    lumen = outer.inset(height)
    middle = outer.inset(0.52 * height)
    girth = 2 * math.pi * float(middle.radius_um.mean())
    number = int(np.clip(round(girth / 7.0), 8, 20))
    turn = (np.arange(number) + rng.uniform(-0.22, 0.22, number)) / number
    at = (turn * ANGLES).astype(int) % ANGLES
    theta = _THETA[at]
    rho = middle.radius_um[at] + 0.08 * height * rng.uniform(-1, 1, number)
    size = min(3.1, 0.37 * height, 0.45 * girth / number)
    cells = Cells(
        rho * np.sin(theta),
        rho * np.cos(theta),
        (size * rng.uniform(0.82, 1.0, number)).astype(np.float32),
        rng.uniform(1.05, 1.3, number).astype(np.float32),
        theta.astype(np.float32),
        rng.integers(0, 2**32, number, dtype=np.uint32),
        CellKind.DUCT,
    )
    return (outer, lumen), cells


def _outline(ring: WavyRing) -> Polygon:
    # Every fourth vertex: what lies between them differs by far less than the margins kept.
    return Polygon(to_xy(ring.polygon_um()[::4]))


class _Bundle:
    """Tubes of one tract, set one beside the other round the first."""

    def __init__(self, vein: Tube) -> None:
        self._first = vein[0]
        self.tubes: list[Tube] = [vein]
        self._outlines = [_outline(vein[0])]

    def add(self, tube: Tube, turn: float, gap_um: float) -> Point:
        """Set a tube at the angle ``turn`` from the first, ``gap_um`` or a little more from all."""
        ring = tube[0]
        at = int(turn / (2 * np.pi) * ANGLES) % ANGLES
        away = float(self._first.radius_um[at]) + 0.6 * ring.reach_um + gap_um
        outline = to_xy(ring.polygon_um()[::4])
        while True:
            place = Point(away * math.sin(turn), away * math.cos(turn))
            found = Polygon(outline + np.array([place.x, place.y]))
            nearest = min(float(found.distance(other)) for other in self._outlines)
            # A chord of four steps lies a little inside its outline.
            if nearest >= gap_um + 0.002 * ring.reach_um + 0.002 * self._first.reach_um:
                break
            # A step as long as what is missing never goes too far.
            away += max(0.5, gap_um - nearest)
        self.tubes.append(moved(tube, place))
        self._outlines.append(found)
        return place


def _stroma(parts: list[WavyRing], margin_um: float, rng: np.random.Generator) -> WavyRing:
    """A smooth outline that keeps at least 6 µm of collagen round all parts."""
    places: NDArray[np.float64] = np.concatenate([part.polygon_um() for part in parts])
    centre = places.mean(axis=0)
    dy, dx = (places - centre).T
    turn = (np.arctan2(dy, dx) % (2 * np.pi)) / (2 * np.pi) * ANGLES
    reach = np.zeros(ANGLES)
    np.maximum.at(reach, turn.astype(int) % ANGLES, np.hypot(dy, dx))
    # The widest part within 15 degrees either way, then smoothed: a tract has no notches.
    window = ANGLES // 24
    wide = maximum_filter1d(reach, 2 * window + 1, mode="wrap")
    smooth = uniform_filter1d(wide, 4 * window + 1, mode="wrap")
    # Collagen runs out into corners, from where septa leave, and is thin where a vein lies at the
    # tract's edge.
    corners = 1 + np.clip(np.abs(waves(rng, 0.22, 5)) - 0.06, 0.0, 0.3)
    margin = margin_um * np.clip(1 + waves(rng, 0.7, 3), 0.1, 1.8)
    radius = np.maximum(smooth, wide) * corners + margin
    for _ in range(2):
        radius = uniform_filter1d(radius, 25, mode="wrap")
    ring = WavyRing(Point(float(centre[0]), float(centre[1])), radius)
    while float(ring.signed_distance(places[:, 0], places[:, 1]).max()) > -6.0:
        ring = ring.scaled(1.05)
    return ring


def draw_tract_shape(
    veins: tuple[Tube, ...], diameter_um: float, arteries: int, rng: np.random.Generator
) -> TractShape:
    """Arteries and ducts beside the veins, and the collagen that holds them together.

    ``veins`` holds one vein, or two profiles of one that the section cuts twice; ``diameter_um``
    is the short diameter of the first.
    """
    bundle = _Bundle(veins[0])
    turn = rng.uniform(0, 2 * np.pi)
    for twin in veins[1:]:
        gap = BETWEEN_UM + (0.0 if rng.random() < 0.4 else rng.uniform(0, 30))
        bundle.add(twin, turn + np.pi + rng.uniform(-0.7, 0.7), gap)
    for k in range(arteries):
        share = 0.32 * (0.75 if k else 1.0) * rng.lognormal(0, 0.2)
        artery = draw_artery_shape(float(np.clip(share * diameter_um, *_ARTERY_UM)), rng)
        bundle.add(artery, turn + k * rng.uniform(0.8, 1.8), BETWEEN_UM + rng.uniform(0, 12))
    duct_cells = []
    ducts = 1 + int(rng.random() < (0.2 if diameter_um < 150 else 0.5))
    side = rng.choice([-1, 1]) * rng.uniform(0.4, 1.1)
    for k in range(ducts):
        wide = float(np.clip(0.3 * diameter_um * rng.lognormal(0, 0.25), *_DUCT_UM))
        duct, cells = draw_duct(wide, rng)
        place = bundle.add(duct, turn + side * (1 + 1.4 * k), _ROUND_DUCT_UM)
        duct_cells.append(cells.moved(place.y, place.x))
    margin = float(np.clip(0.16 * diameter_um * rng.lognormal(0, 0.35), 9, 80))
    first = len(veins) + arteries
    return TractShape(
        _stroma([tube[0] for tube in bundle.tubes], margin, rng),
        tuple(bundle.tubes[: len(veins)]),
        tuple(bundle.tubes[len(veins) : first]),
        tuple(bundle.tubes[first:]),
        tuple(duct_cells),
    )


def tract_reach_um(
    vein_reach_um: NDArray[np.float64],
    diameter_um: NDArray[np.float64],
    arteries: NDArray[np.int8],
) -> NDArray[np.float64]:
    """A radius that holds nearly every tract; those few that overshoot are redrawn."""
    artery = np.clip(0.32 * diameter_um, *_ARTERY_UM)
    duct = np.clip(0.3 * diameter_um, *_DUCT_UM)
    margin = np.clip(0.16 * diameter_um, 9, 80)
    wide = 1.15 * vein_reach_um + (0.35 + 0.3 * arteries) * artery + 0.7 * duct
    return np.asarray(0.95 * wide + 1.3 * margin + 18.0)
