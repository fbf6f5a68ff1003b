"""All vessels of a slide: a list of sites, and units drawn from it only where somebody looks."""

from __future__ import annotations

from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.plan.contents import Filler
from pathoflow.phantom.plan.draft import draw_sites
from pathoflow.phantom.plan.ground import GAP_UM
from pathoflow.phantom.plan.look import Look
from pathoflow.phantom.plan.placing import place_sites
from pathoflow.phantom.plan.sites import CENTRAL, Sites
from pathoflow.phantom.plan.tissue import TissuePlan
from pathoflow.phantom.plan.unit import (
    Site,
    UnitShape,
    draw_unit_shape,
    realise_tract,
    realise_vessels,
)
from pathoflow.phantom.plan.vessel import SPILL_UM, PortalTract, Vessel
from pathoflow.phantom.recipe.spec import PhantomSpec
from pathoflow.phantom.shapes.cells import Extent

__all__ = ["GAP_UM", "VesselPlan", "plan_vessels"]

#: Drawn units that are kept; a unit takes some 100 kB, the widest a few MB.
_KEPT = 192


class VesselPlan:
    """The vessels and tracts of a slide; a unit is drawn when asked for and forgotten later.

    A unit is drawn from its own seed, so it is the same whenever, in whatever order and on
    whatever process it is asked for.
    """

    def __init__(self, sites: Sites, look: Look, filler: Filler) -> None:
        self.sites, self._look, self._filler = sites, look, filler
        self._first = np.cumsum(sites.profiles) - sites.profiles
        self._shape = lru_cache(maxsize=_KEPT)(self._draw_shape)
        self._vessels = lru_cache(maxsize=_KEPT)(self._draw_vessels)
        self._tract = lru_cache(maxsize=_KEPT)(self._draw_tract)

    def __reduce__(self) -> tuple[type[VesselPlan], tuple[Sites, Look, Filler]]:
        return VesselPlan, (self.sites, self._look, self._filler)

    def __len__(self) -> int:
        return int(self.sites.profiles.sum())

    def _site(self, k: int) -> Site:
        return self.sites.site(k, int(self._first[k]))

    def _draw_shape(self, k: int) -> UnitShape:
        return draw_unit_shape(self._site(k), self._look)

    def _draw_vessels(self, k: int) -> tuple[Vessel, ...]:
        return realise_vessels(self._site(k), self._shape(k), self._filler)

    def _draw_tract(self, k: int) -> PortalTract | None:
        return realise_tract(self._site(k), self._shape(k), self._look, self._filler)

    @property
    def drawn(self) -> int:
        """How many units are drawn and kept just now."""
        return self._shape.cache_info().currsize

    def vessel(self, index: int) -> Vessel:
        """One vessel by its index."""
        k = int(np.searchsorted(self._first, index, side="right")) - 1
        return self._vessels(k)[index - int(self._first[k])]

    @cached_property
    def vessels(self) -> tuple[Vessel, ...]:
        """Every vessel by index; draws the whole slide."""
        return tuple(vessel for k in range(len(self.sites)) for vessel in self._vessels(k))

    @cached_property
    def tracts(self) -> tuple[PortalTract, ...]:
        """Every portal tract; draws the whole slide."""
        found = (self._tract(k) for k in range(len(self.sites)))
        return tuple(tract for tract in found if tract is not None)

    def vessels_in(self, extent: Extent) -> list[Vessel]:
        """The vessels whose walls may touch ``extent``, by index."""
        found = [vessel for k in self._units_in(extent) for vessel in self._vessels(k)]
        return [vessel for vessel in found if extent.meets(vessel.extent_um)]

    def tracts_in(self, extent: Extent) -> list[PortalTract]:
        """The portal tracts that may touch ``extent``; what their vessels hold is not drawn."""
        found = [self._tract(k) for k in self._units_in(extent)]
        return [tract for tract in found if tract is not None and extent.meets(tract.extent_um)]

    def _units_in(self, extent: Extent) -> list[int]:
        sites, reach = self.sites, self.sites.reach_um + SPILL_UM
        # A few comparisons of ten thousand numbers take less than any tree would.
        near = (sites.y_um + reach > extent.top) & (sites.y_um - reach < extent.bottom)
        near &= (sites.x_um + reach > extent.left) & (sites.x_um - reach < extent.right)
        found: list[int] = np.flatnonzero(near).tolist()
        return found

    @cached_property
    def central_veins_um(self) -> NDArray[np.float64]:
        """Centres (y, x) of the central veins, shape (n, 2), without drawing them."""
        central = self.sites.role == CENTRAL
        return np.stack([self.sites.y_um[central], self.sites.x_um[central]], axis=1)


def plan_vessels(
    spec: PhantomSpec, tissue: TissuePlan, look: Look, filler: Filler, rng: np.random.Generator
) -> VesselPlan:
    """Settle number, kind and place of all vessels of a slide.

    Raises
    ------
    UsageError
        The recipe asks for more vessels than fit, or for distances that the slide does not hold.
    """
    sites = draw_sites(spec, tissue, filler.tumour.density_um2, rng)
    return VesselPlan(place_sites(sites, spec, tissue, look, rng), look, filler)
