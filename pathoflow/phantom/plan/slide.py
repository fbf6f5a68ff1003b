"""The whole plan of a painted slide: everything that is true of it, before a pixel is painted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.plan.artefact import Artefact
from pathoflow.phantom.plan.artefacts import plan_artefacts
from pathoflow.phantom.plan.contents import Filler
from pathoflow.phantom.plan.growth import Growth
from pathoflow.phantom.plan.look import Look, draw_look
from pathoflow.phantom.plan.tissue import TissuePlan, plan_tissue
from pathoflow.phantom.plan.vessel import PortalTract, Vessel
from pathoflow.phantom.plan.vessels import VesselPlan, plan_vessels
from pathoflow.phantom.recipe.family import FAMILIES
from pathoflow.phantom.recipe.spec import PhantomSpec
from pathoflow.phantom.shapes.cells import Extent, Lattice, tumour_lattice
from pathoflow.phantom.shapes.noise import seed_of
from pathoflow.space import Mpp, Size

#: Raised whenever the same recipe would give other pixels or another truth.
GENERATOR_VERSION = "3"


@dataclass(frozen=True, eq=False)
class Plan:
    """A slide as objects; `paint` turns any box of it into pixels, `Truth` into labels."""

    spec: PhantomSpec
    look: Look
    tissue: TissuePlan
    tree: VesselPlan
    artefacts: tuple[Artefact, ...] = ()

    @property
    def size(self) -> Size:
        """Level-0 size."""
        return self.spec.size

    @property
    def mpp(self) -> Mpp:
        """Level-0 micrometres per pixel."""
        return self.spec.pixel

    @cached_property
    def tumour_nuclei(self) -> Lattice:
        """The lattice of carcinoma nuclei, in the mass and in vessels alike."""
        return tumour_lattice(self.look.grade)

    @property
    def jpeg_quality(self) -> int:
        """JPEG quality of the written slide."""
        wanted = self.spec.file.jpeg_quality
        return self.look.jpeg_quality if wanted is None else wanted

    @property
    def vessels(self) -> tuple[Vessel, ...]:
        """Every vessel by index; draws the whole slide, so ask `vessels_in` of large ones."""
        return self.tree.vessels

    @property
    def tracts(self) -> tuple[PortalTract, ...]:
        """Every portal tract; draws the whole slide."""
        return self.tree.tracts

    @property
    def central_veins_um(self) -> NDArray[np.float64]:
        """Centres (y, x) of the central veins, towards which the plates of hepatocytes run."""
        return self.tree.central_veins_um

    def vessels_in(self, extent: Extent) -> list[Vessel]:
        """The vessels whose walls may touch ``extent``, by index; no others are drawn."""
        return self.tree.vessels_in(extent)

    def tracts_in(self, extent: Extent) -> list[PortalTract]:
        """The portal tracts that may touch ``extent``; no others are drawn."""
        return self.tree.tracts_in(extent)

    def seed(self, name: str) -> int:
        """The seed of one stream of noise."""
        return seed_of(self.spec.seed, name)


def plan_slide(spec: PhantomSpec) -> Plan:
    """Plan a slide; the same recipe gives the same plan.

    Raises
    ------
    UsageError
        More vessels are asked for than fit.
    """

    def stream(name: str) -> np.random.Generator:
        return np.random.default_rng(seed_of(spec.seed, f"{spec.family} {name}"))

    look = draw_look(FAMILIES[spec.family], spec.stain_jitter, stream("look"))
    if spec.background is not None:
        look = replace(look, background=spec.background)
    tissue = plan_tissue(spec, stream("tissue"))
    growth = Growth(look, spec.seed)
    filler = Filler(spec.seed, tumour_lattice(look.grade), look.mixing, growth)
    tree = plan_vessels(spec, tissue, look, filler, stream("vessels"))
    artefacts = plan_artefacts(spec, tissue, stream("artefacts"))
    return Plan(spec, look, tissue, tree, artefacts)
