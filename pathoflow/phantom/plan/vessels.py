"""Place portal tracts and hepatic veins on Poisson-disc sites in the liver, never touching."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import UsageError
from pathoflow.phantom.plan.contents import Filler, fill
from pathoflow.phantom.plan.look import Look
from pathoflow.phantom.plan.tissue import TissuePlan
from pathoflow.phantom.plan.tract import TractShape, draw_tract_shape, draw_vein_shape
from pathoflow.phantom.plan.vessel import (
    ContentName,
    Contents,
    Duct,
    PortalTract,
    Vessel,
    VesselKind,
    extent_of,
)
from pathoflow.phantom.recipe.spec import PhantomSpec
from pathoflow.phantom.shapes.cells import CUFF_LYMPHOCYTES, cells_in
from pathoflow.phantom.shapes.noise import seed_of
from pathoflow.phantom.shapes.outline import WavyRing
from pathoflow.space import Point

#: Vessels per mm² of liver when the recipe does not say: portal tracts lie 0.7 to 1 mm apart.
_VESSELS_PER_MM2 = 1.5
_MVI_SHARE, _MVI_LEAST, _MVI_DIAMETER_UM = 0.08, 3, 70.0
#: Outer walls keep this far apart.
GAP_UM = 15.0
_DIAMETER_MEDIAN_UM, _DIAMETER_LOG_SD, _DIAMETER_UM = 90.0, 0.7, (35.0, 900.0)


@dataclass(frozen=True, eq=False)
class Unit:
    """What is placed as one: a hepatic vein, or a tract with its vein; drawn round (0, 0)."""

    vein: tuple[WavyRing, WavyRing]
    tract: TractShape | None
    has_tumour_cells: bool

    @property
    def reach_um(self) -> float:
        """Radius of the disc that the unit needs."""
        return self.tract.stroma.reach_um if self.tract else self.vein[0].reach_um

    def origin_for(self, middle: Point) -> Point:
        """Where (0, 0) goes with the disc's middle at ``middle``: a tract is centred on its stroma."""
        if self.tract is None:
            return middle
        own = self.tract.stroma.centre_um
        return Point(middle.y - own.y, middle.x - own.x)


@dataclass(frozen=True, eq=False)
class VesselPlan:
    """All vessels of a slide and the tracts that carry some of them."""

    vessels: tuple[Vessel, ...]
    tracts: tuple[PortalTract, ...]


def _liver_area_mm2(tissue: TissuePlan) -> float:
    area = sum(piece.area_um2 for piece in tissue.pieces)
    if tissue.tumour is not None:
        area -= tissue.tumour.area_um2
    return max(area, 0.0) / 1e6


def _numbers(spec: PhantomSpec, tissue: TissuePlan) -> tuple[int, int, int]:
    """Portal tracts (two vessels each), hepatic veins, and veins with tumour cells."""
    total = spec.vessels
    if total is None:
        total = max(3, round(_VESSELS_PER_MM2 * _liver_area_mm2(tissue)))
    portal = total // 3
    hepatic = total - 2 * portal
    veins = portal + hepatic
    invaded = spec.mvi_vessels
    if invaded is None:
        wanted = max(_MVI_LEAST, round(_MVI_SHARE * total))
        invaded = min(wanted, veins // 3) if spec.tumour else 0
    if invaded > veins:
        raise UsageError(
            f"mvi_vessels = {invaded} exceeds the {veins} veins of this slide:"
            " lower it, or raise vessels."
        )
    return portal, hepatic, invaded


def _draw_units(
    spec: PhantomSpec, tissue: TissuePlan, look: Look, rng: np.random.Generator
) -> list[Unit]:
    portal, hepatic, invaded = _numbers(spec, tissue)
    veins = portal + hepatic
    largest = min(_DIAMETER_UM[1], 0.16 * min(piece.radius_um.min() for piece in tissue.pieces) * 2)
    marked = set(rng.permutation(veins)[:invaded].tolist())
    units = []
    for k in range(veins):
        diameter = rng.lognormal(math.log(_DIAMETER_MEDIAN_UM), _DIAMETER_LOG_SD)
        diameter = float(np.clip(diameter, _DIAMETER_UM[0], max(largest, _DIAMETER_UM[0])))
        if k in marked:
            diameter = max(diameter, _MVI_DIAMETER_UM * rng.uniform(1.05, 2.2))
        units.append(_draw_unit(diameter, "portal" if k < portal else "hepatic", look, rng))
        units[-1] = replace(units[-1], has_tumour_cells=k in marked)
    return units


def _draw_unit(diameter_um: float, kind: VesselKind, look: Look, rng: np.random.Generator) -> Unit:
    vein = draw_vein_shape(diameter_um, kind, look, rng)
    tract = draw_tract_shape(vein, diameter_um, look, rng) if kind == "portal" else None
    return Unit(vein, tract, False)


def _smallest(unit: Unit, look: Look, rng: np.random.Generator) -> Unit:
    """A unit of the same kind and task, as small as it may be."""
    diameter = 1.05 * _MVI_DIAMETER_UM if unit.has_tumour_cells else _DIAMETER_UM[0]
    small = _draw_unit(diameter, "portal" if unit.tract else "hepatic", look, rng)
    return replace(small, has_tumour_cells=unit.has_tumour_cells)


class _Sites:
    """Dart throwing: each unit gets a place clear of the tumour, the glass and its neighbours."""

    def __init__(self, tissue: TissuePlan, rng: np.random.Generator) -> None:
        self._tissue, self._rng = tissue, rng
        outlines = np.concatenate([piece.polygon_um() for piece in tissue.pieces])
        self._low, self._high = outlines.min(axis=0), outlines.max(axis=0)
        self._taken: list[tuple[float, float, float]] = []

    def _free(
        self, candidates: NDArray[np.float64], reach: float, gap: float
    ) -> NDArray[np.float64]:
        y, x = candidates[:, 0], candidates[:, 1]
        keep = self._tissue.tissue_distance(y, x) < -(reach + 40.0)
        tumour, capsule = self._tissue.tumour, self._tissue.capsule
        if tumour is not None and capsule is not None:
            clear = reach + 25.0 + float(capsule.thickness_um.max())
            # The first-order distance is only good near the outline; the centre distance bounds it
            # safely.
            keep &= tumour.signed_distance(y, x) > clear
        for ty, tx, other in self._taken:
            keep &= (y - ty) ** 2 + (x - tx) ** 2 > (reach + other + gap) ** 2
        return candidates[keep]

    def place(self, reach: float, gap: float, near_tumour: bool) -> Point | None:
        """A place for a disc of ``reach``; first at ``gap`` from all others, then ever closer."""
        while True:
            for _ in range(3):
                found = self._free(self._rng.uniform(self._low, self._high, (250, 2)), reach, gap)
                if len(found):
                    return self._take(self._choose(found, near_tumour), reach)
            if gap <= GAP_UM:
                return None
            gap = max(GAP_UM, 0.6 * gap)

    def _choose(self, found: NDArray[np.float64], near_tumour: bool) -> NDArray[np.float64]:
        tumour = self._tissue.tumour
        if not near_tumour or tumour is None:
            return np.asarray(found[0])
        distance = tumour.signed_distance(found[:, 0], found[:, 1])
        return np.asarray(found[int(np.argmin(distance))])

    def _take(self, place: NDArray[np.float64], reach: float) -> Point:
        self._taken.append((float(place[0]), float(place[1]), reach))
        return Point(float(place[0]), float(place[1]))


def _place_units(
    units: list[Unit], spec: PhantomSpec, tissue: TissuePlan, look: Look, rng: np.random.Generator
) -> list[tuple[Unit, Point]]:
    """Place veins with tumour cells first, then large before small; what finds no room tries again as small as may be."""
    sites = _Sites(tissue, rng)
    gap = max(GAP_UM, 0.35 * math.sqrt(1e6 * _liver_area_mm2(tissue) / max(len(units), 1)))
    placed = []
    for wanted in sorted(units, key=lambda u: (not u.has_tumour_cells, -u.reach_um)):
        unit = wanted
        near = unit.has_tumour_cells and rng.random() < 0.5
        site = sites.place(unit.reach_um, gap, near)
        if site is None:
            unit = _smallest(unit, look, rng)
            site = sites.place(unit.reach_um, GAP_UM, near)
        if site is None:
            _refuse_if_asked_for(unit, spec)
        else:
            placed.append((unit, site))
    return placed


def _refuse_if_asked_for(unit: Unit, spec: PhantomSpec) -> None:
    """A unit without room is left out silently only where its number was left to us."""
    key = "vessels" if spec.vessels is not None else "mvi_vessels"
    number = getattr(spec, key)
    if number is not None and (key == "vessels" or unit.has_tumour_cells):
        raise UsageError(
            f"{key} = {number} do not fit on {list(spec.size_px)} px of {spec.mpp:g} µm:"
            f" lower {key}, or enlarge size_px."
        )


def _draw_content(unit: Unit, spec: PhantomSpec, rng: np.random.Generator) -> ContentName:
    if unit.has_tumour_cells:
        return "tumour"
    mix = spec.contents
    names: list[ContentName] = ["empty", "red_cells", "serum", "leucocytes", "hepatocytes"]
    weights = np.array([getattr(mix, name) for name in names])
    return names[int(rng.choice(len(names), p=weights / weights.sum()))]


def _shift(ring: WavyRing, site: Point) -> WavyRing:
    return ring.moved_to(Point(ring.centre_um.y + site.y, ring.centre_um.x + site.x))


def _build_tract(
    shape: TractShape, site: Point, seed: int, rng: np.random.Generator
) -> PortalTract:
    stroma = _shift(shape.stroma, site)
    extent = extent_of(stroma.centre_um, stroma.reach_um)
    found = cells_in(CUFF_LYMPHOCYTES, extent, seed_of(seed, "cuff"))
    depth = stroma.signed_distance(found.y_um, found.x_um)
    inflamed = rng.uniform(0.05, 0.75)
    chance = found.bits % np.uint32(1000) < np.uint32(1000 * inflamed)
    lymphocytes = found.where((depth < -found.radius_um) & chance)
    outer, lumen = (_shift(ring, site) for ring in shape.duct)
    return PortalTract(
        stroma, Duct(outer, lumen, shape.duct_cells.moved(site.y, site.x)), lymphocytes
    )


def plan_vessels(
    spec: PhantomSpec, tissue: TissuePlan, look: Look, filler: Filler, rng: np.random.Generator
) -> VesselPlan:
    """Draw, place and fill all vessels of a slide.

    Raises
    ------
    UsageError
        The recipe asks for more vessels than fit.
    """
    units = _draw_units(spec, tissue, look, rng)
    vessels: list[Vessel] = []
    tracts: list[PortalTract] = []
    for unit, middle in _place_units(units, spec, tissue, look, rng):
        site = unit.origin_for(middle)
        outer, lumen = (_shift(ring, site) for ring in unit.vein)
        contents = fill(lumen, _draw_content(unit, spec, rng), filler, rng)
        kind: VesselKind = "portal" if unit.tract else "hepatic"
        vessels.append(Vessel(len(vessels), kind, outer, lumen, contents))
        if unit.tract is None:
            continue
        tracts.append(_build_tract(unit.tract, site, spec.seed, rng))
        outer, lumen = (_shift(ring, site) for ring in unit.tract.artery)
        blood: ContentName = "red_cells" if rng.random() < 0.4 else "empty"
        inside = fill(lumen, blood, filler, rng) if lumen.area_um2 > 150 else Contents("empty")
        vessels.append(Vessel(len(vessels), "artery", outer, lumen, inside))
    return VesselPlan(tuple(vessels), tuple(tracts))
