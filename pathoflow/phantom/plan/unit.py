"""One unit of the vascular tree, drawn on demand: a portal tract with its vessels, or a vein."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from pathoflow.phantom.plan.contents import Filler, fill, fill_equivocal
from pathoflow.phantom.plan.look import Look
from pathoflow.phantom.plan.tract import BETWEEN_UM, TractShape, draw_tract_shape, moved
from pathoflow.phantom.plan.vein import Form, Tube, VeinSize, draw_vein_shape
from pathoflow.phantom.plan.vessel import (
    SPILL_UM,
    ContentName,
    Contents,
    Duct,
    PortalTract,
    Vessel,
    VesselKind,
    extent_of,
)
from pathoflow.phantom.shapes.cells import CUFF_LYMPHOCYTES, Cells, cells_in
from pathoflow.phantom.shapes.noise import noise_at, seed_of
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Point

#: Muscle shows in portal veins from this diameter on.
_MUSCLE_UM = 250.0
#: The second profile of a vein that is cut twice: its share of the first one's diameter, and the
#: gap between the two walls.
TWIN_SHARE, TWIN_GAP_UM = (0.5, 0.8), (BETWEEN_UM, 75.0)


@dataclass(frozen=True, slots=True)
class Site:
    """What the global step settles about a unit: enough to draw it without any other unit."""

    #: Middle of the disc that holds the unit.
    middle_um: Point
    reach_um: float
    #: The first vein.
    size: VeinSize
    content: ContentName
    #: Cells wanted in the plug; None draws a number.
    wanted_cells: int | None
    is_equivocal: bool
    is_truncated: bool
    has_twin: bool
    arteries: int
    #: Index of the first vein; twin and arteries follow.
    first_index: int
    seed: int


@dataclass(frozen=True, eq=False)
class UnitShape:
    """Outlines of a unit round its first vein's centre; without a tract just its veins."""

    veins: tuple[Tube, ...]
    tract: TractShape | None

    @property
    def middle_um(self) -> Point:
        """Centre of the disc that holds the unit."""
        return self.tract.stroma.centre_um if self.tract else Point(0.0, 0.0)

    @property
    def reach_um(self) -> float:
        """Radius of that disc, to the furthest wall or the stroma's edge."""
        if self.tract:
            return self.tract.stroma.reach_um
        outers = [tube[0] for tube in self.veins]
        return max(math.hypot(o.centre_um.y, o.centre_um.x) + o.reach_um for o in outers)


def draw_unit_shape(site: Site, look: Look) -> UnitShape:
    """The unit's outlines, never wider than the site's reach.

    A draw that overshoots is thrown again; from the third time on the veins get smaller, so that
    the search ends.
    """
    size, attempt = site.size, 0
    while True:
        shape = _draw_once(site, size, look, np.random.default_rng([site.seed, attempt]))
        if shape.reach_um <= site.reach_um:
            return shape
        attempt += 1
        if attempt > 2:
            size = replace(size, diameter_um=0.95 * size.diameter_um)


def _draw_once(site: Site, size: VeinSize, look: Look, rng: np.random.Generator) -> UnitShape:
    veins = [draw_vein_shape(size, look, rng)]
    if site.has_twin:
        share = rng.uniform(*TWIN_SHARE)
        form = Form.OVAL if size.form is Form.SLIT else size.form
        other = replace(
            size,
            form=form,
            diameter_um=max(20.0, share * size.diameter_um),
            aspect=min(size.aspect, 2.0),
            tilt=int(rng.integers(ANGLES)),
        )
        veins.append(draw_vein_shape(other, look, rng))
    if size.role == "portal":
        tract = draw_tract_shape(tuple(veins), size.diameter_um, site.arteries, rng)
        return UnitShape(tract.veins, tract)
    if site.has_twin:
        gap = BETWEEN_UM if rng.random() < 0.3 else rng.uniform(*TWIN_GAP_UM)
        turn = rng.uniform(0, 2 * np.pi)
        # Both reaches and the gap keep the walls apart, whichever way their long sides point.
        away = veins[0][0].reach_um + veins[1][0].reach_um + gap
        veins[1] = moved(veins[1], Point(away * np.sin(turn), away * np.cos(turn)))
    return UnitShape(tuple(veins), None)


def realise_vessels(site: Site, shape: UnitShape, filler: Filler) -> tuple[Vessel, ...]:
    """The unit's vessels by index, contents and cells included, from the site's own seed."""
    origin = _origin(site, shape)
    rng = np.random.default_rng([site.seed, 1 << 20])
    vessels = []
    for k, tube in enumerate(shape.veins):
        outer, lumen = (_shift(ring, origin) for ring in tube)
        vessels.append(
            Vessel(
                site.first_index + k,
                _kind(site),
                outer,
                lumen,
                _contents(site, k, lumen, filler, rng),
                role=site.size.role,
                has_muscle=_has_muscle(site),
                twin_of=site.first_index + 1 - k if site.has_twin else None,
                is_truncated=site.is_truncated,
            )
        )
    for tube in shape.tract.arteries if shape.tract else ():
        outer, lumen = (_shift(ring, origin) for ring in tube)
        blood: ContentName = "red_cells" if rng.random() < 0.4 else "empty"
        inside = fill(lumen, blood, filler, rng) if lumen.area_um2 > 150 else Contents("empty")
        index = site.first_index + len(vessels)
        vessels.append(Vessel(index, "artery", outer, lumen, inside, "artery", has_muscle=True))
    return tuple(vessels)


def realise_tract(site: Site, shape: UnitShape, look: Look, filler: Filler) -> PortalTract | None:
    """The unit's stroma, ducts and lymphocytes, without what its vessels hold; None of a vein."""
    if shape.tract is None:
        return None
    origin = _origin(site, shape)
    stroma = _shift(shape.tract.stroma, origin)
    ducts = tuple(
        Duct(_shift(outer, origin), _shift(lumen, origin), cells.moved(origin.y, origin.x))
        for (outer, lumen), cells in zip(shape.tract.ducts, shape.tract.duct_cells, strict=True)
    )
    tubes = (*shape.tract.veins, *shape.tract.arteries, *shape.tract.ducts)
    solid = [_shift(outer, origin) for outer, _ in tubes]
    return PortalTract(stroma, ducts, _cuff(stroma, solid, site, look, filler))


def _origin(site: Site, shape: UnitShape) -> Point:
    """Where the shape's (0, 0) lies on the slide."""
    own = shape.middle_um
    return Point(site.middle_um.y - own.y, site.middle_um.x - own.x)


def _kind(site: Site) -> VesselKind:
    role = site.size.role
    return role if role in ("portal", "capsular") else "hepatic"


def _has_muscle(site: Site) -> bool:
    large_portal = site.size.role == "portal" and site.size.diameter_um > _MUSCLE_UM
    return site.size.role == "sublobular" or large_portal


def _contents(
    site: Site, profile: int, lumen: WavyRing, filler: Filler, rng: np.random.Generator
) -> Contents:
    """What one profile of the vein holds; invasion shows in the first profile only."""
    if profile and (site.content == "tumour" or site.is_equivocal):
        return fill(lumen, "empty" if rng.random() < 0.6 else "red_cells", filler, rng)
    if site.is_equivocal:
        return fill_equivocal(lumen, filler, rng)
    return fill(lumen, site.content, filler, rng, site.wanted_cells)


def _shift(ring: WavyRing, origin: Point) -> WavyRing:
    return ring.moved_to(Point(ring.centre_um.y + origin.y, ring.centre_um.x + origin.x))


def _cuff(stroma: WavyRing, solid: list[WavyRing], site: Site, look: Look, filler: Filler) -> Cells:
    """Lymphocytes of the stroma: few in a quiet liver; many, and some beyond its edge, in hepatitis."""
    extent = extent_of(stroma.centre_um, stroma.reach_um + SPILL_UM)
    found = cells_in(CUFF_LYMPHOCYTES, extent, seed_of(filler.seed, "cuff"))
    depth = stroma.signed_distance(found.y_um, found.x_um)
    rng = np.random.default_rng([site.seed, 2 << 20])
    strength = look.inflammation * float(rng.lognormal(0, 0.5))
    patch = noise_at(found.y_um, found.x_um, 60.0, seed_of(filler.seed, "cuff patch"))
    density = strength * (1.0 + 0.9 * patch)
    # Beyond the limiting plate they thin out.
    density = np.where(depth < 0, density, density * np.clip(0.8 - depth / SPILL_UM, 0, 1))
    keep = found.bits % np.uint32(1000) < 1000 * np.clip(density, 0.0, 0.95)
    for ring in solid:
        keep &= ring.signed_distance(found.y_um, found.x_um) > found.radius_um
    return found.where(keep)
