"""The units of the vascular tree as arrays: place, size, role and content, but no outlines.

A slide of 6,000 mm² holds some 10,000 vessels; their outlines are drawn only where somebody looks
(`plan.unit`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.plan.tract import tract_reach_um
from pathoflow.phantom.plan.unit import TWIN_GAP_UM, TWIN_SHARE, Site
from pathoflow.phantom.plan.vein import Form, VeinSize, vein_reach_um
from pathoflow.phantom.plan.vessel import ContentName, VesselRole
from pathoflow.space import Point

#: `Sites.role` and `Sites.content` count along these.
ROLES: tuple[VesselRole, ...] = ("portal", "central", "sublobular", "capsular")
NAMES: tuple[ContentName, ...] = (
    "empty",
    "red_cells",
    "serum",
    "leucocytes",
    "hepatocytes",
    "thrombus",
    "tumour",
)
PORTAL, CENTRAL, SUBLOBULAR, CAPSULAR = range(4)
EMPTY, SERUM, LEUCOCYTES, TUMOUR = 0, 2, 3, 6
#: The least short diameter of any vein, of one with a plug, and of one that collapses to a slit.
LEAST_UM, PLUG_UM, SLIT_UM = 20.0, 50.0, 60.0


@dataclass(frozen=True, eq=False)
class Sites:
    """Units as arrays of equal length, invaded ones first."""

    y_um: NDArray[np.float64]
    x_um: NDArray[np.float64]
    reach_um: NDArray[np.float64]
    diameter_um: NDArray[np.float64]
    aspect: NDArray[np.float64]
    #: Half degrees.
    tilt: NDArray[np.int16]
    #: Index into `ROLES`, member of `Form`, index into `NAMES`.
    role: NDArray[np.int8]
    form: NDArray[np.int8]
    content: NDArray[np.int8]
    #: 0 where no number is wanted.
    wanted_cells: NDArray[np.int32]
    is_equivocal: NDArray[np.bool_]
    is_truncated: NDArray[np.bool_]
    has_twin: NDArray[np.bool_]
    arteries: NDArray[np.int8]
    seed: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.y_um)

    def take(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Sites:
        """Some of the units, in the order given."""
        return replace(self, **{name: values[which] for name, values in vars(self).items()})

    @property
    def profiles(self) -> NDArray[np.int64]:
        """How many vessels each unit shows."""
        return 1 + self.has_twin.astype(np.int64) + self.arteries

    @property
    def is_invaded(self) -> NDArray[np.bool_]:
        """Which units hold tumour cells."""
        return np.asarray(self.content == TUMOUR)

    def site(self, k: int, first_index: int) -> Site:
        """One unit by itself."""
        size = VeinSize(
            ROLES[self.role[k]],
            Form(int(self.form[k])),
            float(self.diameter_um[k]),
            float(self.aspect[k]),
            int(self.tilt[k]),
        )
        return Site(
            Point(float(self.y_um[k]), float(self.x_um[k])),
            float(self.reach_um[k]),
            size,
            NAMES[self.content[k]],
            int(self.wanted_cells[k]) or None,
            bool(self.is_equivocal[k]),
            bool(self.is_truncated[k]),
            bool(self.has_twin[k]),
            int(self.arteries[k]),
            first_index,
            int(self.seed[k]),
        )


def with_reach(sites: Sites) -> Sites:
    """The same units with the radius of the disc that each needs."""
    vein = vein_reach_um(sites.diameter_um, sites.aspect, sites.form)
    second = vein_reach_um(
        np.maximum(LEAST_UM, TWIN_SHARE[1] * sites.diameter_um),
        np.minimum(sites.aspect, 2.0),
        np.full_like(sites.form, Form.FOLDED),
    )
    alone = np.where(sites.has_twin, vein + TWIN_GAP_UM[1] + 2 * second, vein)
    both = np.where(sites.has_twin, vein + 20.0 + 0.8 * second, vein)
    tract = tract_reach_um(both, sites.diameter_um, sites.arteries)
    return replace(sites, reach_um=np.where(sites.role == PORTAL, tract, alone))


def smallest(sites: Sites, which: NDArray[np.bool_]) -> Sites:
    """The same units, those of ``which`` as small and round as their task allows."""
    plugged = (sites.content >= LEUCOCYTES) | sites.is_equivocal
    least = np.where(plugged, PLUG_UM, LEAST_UM)
    # A vein for a wanted number of cells stays as wide as it is.
    least = np.where(sites.wanted_cells > 0, sites.diameter_um, least)
    least = np.where(sites.form == Form.SLIT, SLIT_UM, least)
    return with_reach(
        replace(
            sites,
            diameter_um=np.where(which, least, sites.diameter_um),
            aspect=np.where(which & (sites.form != Form.SLIT), 1.1, sites.aspect),
        )
    )
