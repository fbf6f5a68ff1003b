"""Painted slides whose every vessel is chosen: one situation each, as a story needs it.

    parts = {"wide vein with twelve cells": Part("central", 220, "tumour", 12), ...}
    plan = stage(PhantomSpec(...), parts)
    write_plan(plan, Path("stage.tiff"))
    Truth(plan).wall(plan.tree.vessel(plan.tree.first["wide vein with twelve cells"]))

Tissue, mass, stain and texture are the recipe's; only the vessels are ours, and where they stand is left to the painter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import tifffile
from shapely import Polygon

from pathoflow.errors import UsageError
from pathoflow.phantom import PhantomSpec, Plan, paint, plan_slide
from pathoflow.phantom.plan.contents import Filler, fill
from pathoflow.phantom.plan.growth import Growth
from pathoflow.phantom.plan.placing import place_sites
from pathoflow.phantom.plan.sites import EMPTY, ROLES, Sites, with_reach
from pathoflow.phantom.plan.tract import draw_duct
from pathoflow.phantom.plan.unit import UnitShape, draw_unit_shape, realise_tract, realise_vessels
from pathoflow.phantom.plan.vein import Form
from pathoflow.phantom.plan.vessel import (
    ContentName,
    Contents,
    Duct,
    PortalTract,
    Vessel,
    VesselRole,
)
from pathoflow.phantom.plan.vessels import VesselPlan
from pathoflow.phantom.shapes.cells import Extent, tumour_lattice
from pathoflow.phantom.shapes.outline import ANGLES
from pathoflow.space import Point, to_xy

#: How often places, and contents of one vein, are drawn anew.
_PLACINGS, _FILLINGS = 30, 500
_TILE_PX = 256


@dataclass(frozen=True)
class Part:
    """One vein, with what stands beside it in a tract, and what it must hold."""

    role: VesselRole
    #: Short outer diameter, µm; of a slit the diameter that the vein has when it is open.
    diameter_um: float
    content: ContentName = "empty"
    #: Tumour cells, or of other bodies as much room as they would take; None draws a number.
    cells: int | None = None
    #: Contents are drawn until this is true of them.
    is_wanted: Callable[[Contents], bool] = lambda contents: True
    aspect: float = 1.15
    form: Form = Form.OVAL
    #: Of a portal tract.
    arteries: int = 1
    #: A second, narrower vein of the same tract whose wall touches the first one's.
    has_touching_twin: bool = False
    #: The vein is a bile duct that holds the content: an epithelium in place of the wall.
    is_duct: bool = False


class StagedVessels(VesselPlan):
    """The vessels of a stage, all drawn; ``first`` is the index of every part's first one."""

    def __init__(self, sites: Sites, parts: Mapping[str, Part], plan: Plan) -> None:
        growth = Growth(plan.look, plan.spec.seed)
        lattice = tumour_lattice(plan.look.grade)
        filler = Filler(plan.spec.seed, lattice, plan.look.mixing, growth)
        super().__init__(sites, plan.look, filler)
        self.first: dict[str, int] = {}
        vessels: list[Vessel] = []
        tracts: list[PortalTract] = []
        for k, (name, part) in enumerate(parts.items()):
            self.first[name] = len(vessels)
            site = sites.site(k, len(vessels))
            unit = draw_unit_shape(site, plan.look)
            if part.has_touching_twin:
                unit = _touching(unit)
            vein, *others = realise_vessels(site, unit, filler)
            tract = realise_tract(site, unit, plan.look, filler)
            if part.is_duct and tract is not None:
                tract, vein = _as_duct(tract, vein, part.diameter_um, k)
            vessels += [replace(vein, contents=_contents(vein, name, part, filler)), *others]
            tracts += [] if tract is None else [tract]
        self._drawn = tuple(vessels), tuple(tracts)

    def vessel(self, index: int) -> Vessel:
        """One vessel by its index."""
        return self._drawn[0][index]

    @cached_property
    def vessels(self) -> tuple[Vessel, ...]:
        """Every vessel by index."""
        return self._drawn[0]

    @cached_property
    def tracts(self) -> tuple[PortalTract, ...]:
        """Every portal tract."""
        return self._drawn[1]

    def vessels_in(self, extent: Extent) -> list[Vessel]:
        """The vessels whose walls may touch ``extent``, by index."""
        return [vessel for vessel in self.vessels if extent.meets(vessel.extent_um)]

    def tracts_in(self, extent: Extent) -> list[PortalTract]:
        """The portal tracts that may touch ``extent``."""
        return [tract for tract in self.tracts if extent.meets(tract.extent_um)]


@dataclass(frozen=True, eq=False)
class StagedPlan(Plan):
    """A plan whose vessels are found by the names of their parts."""

    tree: StagedVessels

    def named(self, name: str, profile: int = 0) -> Vessel:
        """A part's vein; profile 1 is its twin, or an artery of its tract."""
        return self.tree.vessel(self.tree.first[name] + profile)


def stage(spec: PhantomSpec, parts: Mapping[str, Part]) -> StagedPlan:
    """Plan a slide with exactly these vessels, each as large as its part says.

    Raises
    ------
    UsageError
        They find no room, or a part's content never comes out as wanted.
    """
    plain = plan_slide(replace(spec, vessels=None, mvi_vessels=0, equivocal=0))
    wanted = [part.diameter_um for part in parts.values()]
    for attempt in range(_PLACINGS):
        rng = np.random.default_rng([spec.seed, attempt])
        sites = _sites(list(parts.values()), rng)
        placed = place_sites(sites, plain.spec, plain.tissue, plain.look, rng)
        # Where room is short, places are left out or made smaller.
        if placed.diameter_um.tolist() == wanted:
            tree = StagedVessels(placed, parts, plain)
            return StagedPlan(plain.spec, plain.look, plain.tissue, tree, plain.artefacts)
    raise UsageError(
        f"{len(parts)} parts find no room on {list(spec.size_px)} px of {spec.mpp:g} µm:"
        " leave some out, or enlarge size_px."
    )


def write_plan(plan: Plan, path: Path) -> None:
    """Write a plan's pixels as a tiled TIFF of one level, in the plan's own JPEG quality."""
    per_cm = 1e4 / plan.spec.mpp
    tifffile.imwrite(
        path,
        paint(plan, plan.size.box()),
        tile=(_TILE_PX, _TILE_PX),
        photometric="rgb",
        compression="jpeg",
        compressionargs={"level": plan.jpeg_quality},
        metadata=None,
        resolution=(per_cm, per_cm),
        resolutionunit="CENTIMETER",
    )


def _sites(parts: Sequence[Part], rng: np.random.Generator) -> Sites:
    number, no = len(parts), np.zeros(len(parts), bool)
    return with_reach(
        Sites(
            y_um=np.full(number, np.nan),
            x_um=np.full(number, np.nan),
            reach_um=np.full(number, np.nan),
            diameter_um=np.array([part.diameter_um for part in parts], float),
            aspect=np.array([part.aspect for part in parts]),
            tilt=rng.integers(0, ANGLES, number).astype(np.int16),
            role=np.array([ROLES.index(part.role) for part in parts], np.int8),
            form=np.array([part.form for part in parts], np.int8),
            content=np.full(number, EMPTY, np.int8),
            wanted_cells=np.zeros(number, np.int32),
            is_equivocal=no,
            is_truncated=no.copy(),
            has_twin=np.array([part.has_touching_twin for part in parts]),
            arteries=np.array([p.arteries * (p.role == "portal") for p in parts], np.int8),
            seed=rng.integers(0, 2**32, number, dtype=np.uint32),
        )
    )


def _contents(vein: Vessel, name: str, part: Part, filler: Filler) -> Contents:
    for n in range(_FILLINGS):
        rng = np.random.default_rng([vein.index, n])
        contents = fill(vein.lumen, part.content, filler, rng, part.cells)
        if part.is_wanted(contents):
            return contents
    raise UsageError(f"{name}: {part.content} never comes out as wanted: ask for less.")


def _touching(unit: UnitShape) -> UnitShape:
    """The second vein of a tract moved towards the first until their walls meet."""
    if unit.tract is None:
        raise UsageError('a touching twin needs a tract: give its part the role "portal".')
    first, second = unit.veins
    wall, away = Polygon(to_xy(first[0].polygon_um())), second[0].centre_um
    low, high = 0.0, 1.0
    while high - low > 1e-6:
        middle = 0.5 * (low + high)
        moved = second[0].moved_to(Point(away.y * middle, away.x * middle))
        is_apart = wall.distance(Polygon(to_xy(moved.polygon_um()))) > 0
        low, high = (low, middle) if is_apart else (middle, high)
    there = Point(away.y * high, away.x * high)
    both = first, (second[0].moved_to(there), second[1].moved_to(there))
    return UnitShape(both, replace(unit.tract, veins=both))


def _as_duct(
    tract: PortalTract, vein: Vessel, diameter_um: float, k: int
) -> tuple[PortalTract, Vessel]:
    """A bile duct in the vein's place; its lumen stands for a vessel with next to no wall, which can be filled."""
    at = vein.outer.centre_um
    (outer, lumen), cells = draw_duct(diameter_um, np.random.default_rng(k))
    duct = Duct(outer.moved_to(at), lumen.moved_to(at), cells.moved(at.y, at.x))
    inside = replace(vein, outer=duct.lumen, lumen=duct.lumen.inset(0.4))
    return replace(tract, ducts=(*tract.ducts, duct)), inside
