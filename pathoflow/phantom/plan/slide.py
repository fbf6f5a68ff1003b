"""The whole plan of a painted slide: everything that is true of it, before a pixel is painted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pathoflow.phantom.plan.contents import Filler
from pathoflow.phantom.plan.look import Look, draw_look
from pathoflow.phantom.plan.tissue import TissuePlan, plan_tissue
from pathoflow.phantom.plan.vessel import PortalTract, Vessel
from pathoflow.phantom.plan.vessels import plan_vessels
from pathoflow.phantom.recipe.family import FAMILIES
from pathoflow.phantom.recipe.spec import PhantomSpec
from pathoflow.phantom.shapes.cells import Lattice, tumour_lattice
from pathoflow.phantom.shapes.noise import seed_of
from pathoflow.space import Mpp, Size

#: Raised whenever the same recipe would give other pixels or another truth.
GENERATOR_VERSION = "1"


@dataclass(frozen=True, eq=False)
class Plan:
    """A slide as objects; `paint` turns any box of it into pixels, `Truth` into labels."""

    spec: PhantomSpec
    look: Look
    tissue: TissuePlan
    vessels: tuple[Vessel, ...]
    tracts: tuple[PortalTract, ...]

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
    tissue = plan_tissue(spec.size, spec.mpp, spec.tumour, stream("tissue"))
    filler = Filler(spec.seed, tumour_lattice(look.grade), look.mixing)
    found = plan_vessels(spec, tissue, look, filler, stream("vessels"))
    taken = [(v.outer.centre_um, v.outer.reach_um) for v in found.vessels]
    taken += [(t.stroma.centre_um, t.stroma.reach_um) for t in found.tracts]
    clear = tuple(
        cleft
        for cleft in tissue.clefts
        if all(
            np.hypot(cleft.centre_um.y - c.y, cleft.centre_um.x - c.x) > cleft.reach_um + reach + 20
            for c, reach in taken
        )
    )
    return Plan(spec, look, replace(tissue, clefts=clear), found.vessels, found.tracts)
