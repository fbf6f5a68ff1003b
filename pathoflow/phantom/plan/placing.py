"""Give every unit its place: some at the tumour or the tissue's edge, the others by dart throwing."""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from pathoflow.errors import UsageError
from pathoflow.phantom.plan.ground import GAP_UM, Ground, along_outline
from pathoflow.phantom.plan.look import Look
from pathoflow.phantom.plan.sites import CAPSULAR, Sites, smallest
from pathoflow.phantom.plan.tissue import TissuePlan
from pathoflow.phantom.plan.unit import UnitShape, draw_unit_shape
from pathoflow.phantom.recipe.spec import PhantomSpec
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Point, to_xy

#: Half of the invaded veins lie near the tumour's border.
_NEAR_SHARE = 0.5
#: Directions tried for a vein at a wanted distance, and how exactly the distance is met, µm.
_DIRECTIONS, _EXACT_UM = 720, 0.001
#: Walls keep this far from islands and satellites, and from the mass unless the recipe wants them
#: nearer.
_CLEAR_UM = 5.0
_CAPSULAR_FROM_UM = 6.0

Places = NDArray[np.float64]


def place_sites(
    sites: Sites, spec: PhantomSpec, tissue: TissuePlan, look: Look, rng: np.random.Generator
) -> Sites:
    """The same units in their places; those without room are left out where the recipe allows it.

    Raises
    ------
    UsageError
        The recipe asks for more vessels than fit, or for distances that the slide does not hold.
    """
    ground = Ground(tissue, rng)
    settled = np.zeros(len(sites), bool)
    border = _Border(sites, ground, look)
    for k, distance in enumerate(spec.mvi_distances_um):
        settled[k] = border.settle(k, distance)
        if not settled[k]:
            raise UsageError(
                f"mvi_distances_um = {distance:g} does not fit on {list(spec.size_px)} px of"
                f" {spec.mpp:g} µm: give a smaller distance, or enlarge size_px."
            )
    for k in np.flatnonzero(sites.role == CAPSULAR).tolist():
        settled[k] = settled[k] or border.settle_in_capsule(k)
    for k in np.flatnonzero(sites.is_truncated).tolist():
        settled[k] = border.settle_on_edge(k)
    sites.is_truncated[~settled] = False
    near = sites.is_invaded & (rng.random(len(sites)) < _NEAR_SHARE)
    gap = max(GAP_UM, 0.35 * math.sqrt(tissue.liver_area_um2 / max(len(sites), 1)))
    sites, settled = _scatter(sites, settled, near, ground, gap)
    if not settled.all():
        sites = smallest(sites, ~settled)
        sites, settled = _scatter(sites, settled, near, ground, GAP_UM)
    if not settled.all():
        _refuse_if_asked_for(sites, settled, spec)
    return sites.take(settled)


def _scatter(
    sites: Sites, settled: NDArray[np.bool_], near: NDArray[np.bool_], ground: Ground, gap: float
) -> tuple[Sites, NDArray[np.bool_]]:
    open_ones = np.flatnonzero(~settled)
    # Tumour cells are placed first: they must find room, and none may be left out.
    for part in (open_ones[sites.is_invaded[open_ones]], open_ones[~sites.is_invaded[open_ones]]):
        places, found = ground.scatter(sites.reach_um[part], near[part], gap)
        if not found.all() and near[part].any():
            left = np.flatnonzero(~found)
            again, hit = ground.scatter(
                sites.reach_um[part[left]], np.zeros(len(left), bool), GAP_UM
            )
            places[left], found[left] = again, hit
        sites.y_um[part[found]], sites.x_um[part[found]] = places[found].T
        settled[part[found]] = True
    return sites, settled


def _refuse_if_asked_for(sites: Sites, settled: NDArray[np.bool_], spec: PhantomSpec) -> None:
    """A unit without room is left out silently only where its number was left to us."""
    key = "vessels" if spec.vessels is not None else "mvi_vessels"
    number = getattr(spec, key)
    if number is not None and (key == "vessels" or bool(sites.is_invaded[~settled].any())):
        raise UsageError(
            f"{key} = {number} do not fit on {list(spec.size_px)} px of {spec.mpp:g} µm:"
            f" lower {key}, or enlarge size_px."
        )


class _Border:
    """Places at an exact distance from the mass, in its capsule, or on the tissue's edge."""

    def __init__(self, sites: Sites, ground: Ground, look: Look) -> None:
        self._sites, self._ground, self._look = sites, ground, look
        tissue = ground.tissue
        self._mass: BaseGeometry | None = None
        if tissue.tumour is not None:
            self._mass = _polygon(tissue.tumour)
            shapely.prepare(self._mass)

    def settle(self, k: int, distance_um: float) -> bool:
        """Place a unit with its first vein's wall exactly this far from the mass."""
        mass = self._ground.tissue.tumour
        if mass is None:
            return False
        directions = self._ground.rng.permutation(_DIRECTIONS)[:, None]
        outline, upright = along_outline(mass)
        shape = self._shape(k)
        own = shape.veins[0][0]
        # From the wall's nearest point to the disc's middle; a guess that the search corrects.
        away = distance_um + own.reach_um
        at = outline[directions[:, 0]] + upright[directions[:, 0]] * away
        for d, place in zip(directions[:, 0].tolist(), at, strict=True):
            if not self._may_stand(k, place):
                continue
            if self._slide(k, shape, (outline[d], upright[d]), distance_um):
                return True
        return False

    def settle_in_capsule(self, k: int) -> bool:
        """Place a vein in the mass's coat or just outside it, its long side along the outline."""
        mass, capsule = self._ground.tissue.tumour, self._ground.tissue.capsule
        if mass is None or capsule is None:
            return False
        outline, upright = along_outline(mass)
        rng = self._ground.rng
        for d in rng.permutation(ANGLES)[:200].tolist():
            coat = float(capsule.thickness_um[d])
            distance = max(_CAPSULAR_FROM_UM, coat * rng.uniform(0.1, 1.15))
            along = math.atan2(-upright[d, 1], upright[d, 0])
            self._sites.tilt[k] = round(along / math.pi * ANGLES / 2) % ANGLES
            place = outline[d] + upright[d] * (distance + 0.5 * self._sites.diameter_um[k])
            ray = (outline[d], upright[d])
            if self._may_stand(k, place) and self._slide(k, self._shape(k), ray, distance):
                return True
        return False

    def settle_on_edge(self, k: int) -> bool:
        """Place a vein so that the tissue's edge cuts it."""
        ground = self._ground
        rng, pieces = ground.rng, ground.tissue.pieces
        radius = 0.5 * float(self._sites.diameter_um[k])
        reach = self._sites.reach_um[k : k + 1]
        for _ in range(60):
            outline, upright = along_outline(pieces[int(rng.integers(len(pieces)))])
            d = int(rng.integers(len(outline)))
            place = (outline[d] - upright[d] * rng.uniform(0.15, 0.6) * radius)[None]
            clear = ground.off_tumour(place, reach + 60.0 + ground.coat_um)
            if clear.all() and ground.taken.free(place, reach, GAP_UM).all():
                self._take(k, place[0])
                return True
        return False

    def _shape(self, k: int) -> UnitShape:
        return draw_unit_shape(self._sites.site(k, 0), self._look)

    def _may_stand(self, k: int, place: Places) -> bool:
        """Whether a unit may stand there but for its distance to the mass."""
        at, reach = place[None], self._sites.reach_um[k : k + 1]
        if not self._ground.in_tissue(at, reach).all() or not self._shares_piece_with_mass(at):
            return False
        return bool(self._ground.taken.free(at, reach, GAP_UM).all())

    def _shares_piece_with_mass(self, at: Places) -> bool:
        """Distances over glass mean nothing."""
        mass = self._ground.tissue.tumour
        if mass is None:
            return False
        c = mass.centre_um
        both = np.concatenate([at, [[c.y, c.x]]])
        return any(
            bool((piece.signed_distance(both[:, 0], both[:, 1]) < 0).all())
            for piece in self._ground.tissue.pieces
        )

    def _slide(
        self, k: int, shape: UnitShape, ray: tuple[Places, Places], distance_um: float
    ) -> bool:
        """Move the unit along a ray out of the mass until its vein's wall is where it should be."""
        wall, own = shape.veins[0][0], shape.middle_um
        outline = to_xy(wall.polygon_um()) - [own.x, own.y]

        def apart(along: float) -> float:
            y, x = ray[0] + ray[1] * along
            return float(shapely.distance(Polygon(outline + np.array([x, y])), self._mass))

        low, high = distance_um - wall.reach_um, distance_um + 3 * self._sites.reach_um[k] + 50.0
        # Outlines that overlap have distance 0 too, so a wall that touches stands a hair away.
        least = max(distance_um, 1e-6)
        if apart(high) < least:
            return False
        while high - low > 1e-7:
            middle = 0.5 * (low + high)
            low, high = (middle, high) if apart(middle) < least else (low, middle)
        place = ray[0] + ray[1] * high
        found = Polygon(outline + place[::-1])
        if abs(apart(high) - distance_um) > _EXACT_UM or not self._may_stand(k, place):
            return False
        walls = [tube[0] for tube in shape.veins]
        if shape.tract is not None:
            walls.append(shape.tract.stroma)
        reaches = min(_CLEAR_UM, distance_um) - 0.5
        corner = Point(place[0] - own.y, place[1] - own.x)
        if not all(self._keeps_clear(ring, corner, reaches) for ring in walls):
            return False
        # Where the mass is cut by the tissue's edge, its nearest part may be missing.
        if not self._nearest_is_tissue(found):
            return False
        self._take(k, place)
        return True

    def _keeps_clear(self, ring: WavyRing, corner: Point, least_um: float) -> bool:
        at = ring.polygon_um() + np.array([corner.y, corner.x])
        return bool((self._ground.tumour_distance(at) >= least_um).all())

    def _nearest_is_tissue(self, wall: Polygon) -> bool:
        x, y = shapely.get_coordinates(shapely.shortest_line(self._mass, wall))[0]
        return bool(self._ground.tissue.tissue_distance(np.array([y]), np.array([x]))[0] < -1.0)

    def _take(self, k: int, place: Places) -> None:
        self._sites.y_um[k], self._sites.x_um[k] = place
        self._ground.taken.add(place[None], self._sites.reach_um[k : k + 1])


def _polygon(ring: WavyRing) -> Polygon:
    return Polygon(to_xy(ring.polygon_um()))
