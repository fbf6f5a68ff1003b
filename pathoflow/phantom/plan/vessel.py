"""What a planned vessel is: two outlines, a kind, and what lies in its lumen."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.shapes.cells import CellKind, Cells, Extent
from pathoflow.phantom.shapes.outline import WavyRing
from pathoflow.space import Point

VesselKind = Literal["portal", "hepatic", "capsular", "artery"]
#: Where in the vascular tree: hepatic veins are central or sublobular, the others are what their
#: kind says.
VesselRole = Literal["portal", "central", "sublobular", "capsular", "artery"]
ContentName = Literal[
    "empty", "red_cells", "serum", "leucocytes", "hepatocytes", "thrombus", "tumour"
]
Attachment = Literal["floating", "adherent", "filling"]
Ground = Literal["empty", "serum", "fibrin", "red_cells"]
#: What a plug is made of; the painter has a tissue for each.
PlugTissue = Literal[
    "tumour",
    "degenerate",
    "hepatocytes",
    "leucocytes",
    "histiocytes",
    "fibrin",
    "organised",
    "red_cells",
    "sludge",
]


#: Lymphocytes of a tract's cuff stand up to this far outside its stroma, among the liver cells.
SPILL_UM = 14.0


@dataclass(frozen=True, eq=False)
class Plug:
    """A body of cells in a lumen: what of ``body`` lies ``gap_um`` inside the lumen's outline."""

    body: WavyRing
    gap_um: float
    attachment: Attachment
    #: Covered by endothelium of its own: a floating nest with flat nuclei round it.
    is_coated: bool = False
    tissue: PlugTissue = "tumour"
    #: Further pieces of the same plug: separate nests in one vein.
    others: tuple[WavyRing, ...] = ()

    @property
    def bodies(self) -> tuple[WavyRing, ...]:
        """All its pieces, the largest first; they may meet."""
        return (self.body, *self.others)

    def signed_distance(
        self,
        y_um: NDArray[np.floating],
        x_um: NDArray[np.floating],
        to_lumen_um: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """Distance to the plug's surface in µm, negative inside.

        ``to_lumen_um`` is that to the lumen's outline at the same places.
        """
        to_body = self.body.signed_distance(y_um, x_um)
        for other in self.others:
            to_body = np.minimum(to_body, other.signed_distance(y_um, x_um))
        distance: NDArray[np.float32] = np.maximum(to_body, to_lumen_um + np.float32(self.gap_um))
        return distance


@dataclass(frozen=True, eq=False)
class Contents:
    """What a lumen holds."""

    name: ContentName
    plug: Plug | None = None
    #: What surrounds the plug, or fills the lumen where there is none.
    ground: Ground = "empty"
    #: Nuclei and red cells whose centres lie in the lumen, by kind.
    cells: tuple[Cells, ...] = field(default=())
    #: Cannot be told from H&E alone: counts neither as invaded nor as clean.
    is_equivocal: bool = False
    #: Cells of a displaced fragment whose centres lie on or beyond the wall: painted, not counted.
    spilled: tuple[Cells, ...] = field(default=())

    def count(self, kind: CellKind) -> int:
        """How many planned cells of ``kind`` lie in the lumen."""
        return sum(len(cells) for cells in self.cells if cells.kind == kind)


@dataclass(frozen=True, eq=False)
class Vessel:
    """One profile of a vein or an artery."""

    index: int
    kind: VesselKind
    outer: WavyRing
    lumen: WavyRing
    contents: Contents
    role: VesselRole = "portal"
    #: Muscle in the wall, as in sublobular veins, larger portal veins and arteries.
    has_muscle: bool = False
    #: Index of the other profile of the same vein, cut twice by the section; None for most.
    twin_of: int | None = None
    #: The tissue's edge cuts it: part of the wall is missing.
    is_truncated: bool = False

    @property
    def is_mvi(self) -> bool:
        """Whether tumour cells certainly lie in it."""
        return not self.contents.is_equivocal and self.contents.count(CellKind.TUMOUR) > 0

    @property
    def n_tumour_cells(self) -> int:
        """Tumour nuclei whose centres lie in the lumen."""
        return self.contents.count(CellKind.TUMOUR)

    @property
    def diameter_um(self) -> float:
        """Diameter of the circle of the same outer area."""
        return 2 * math.sqrt(self.outer.area_um2 / math.pi)

    @property
    def extent_um(self) -> Extent:
        """A rectangle round the wall."""
        return extent_of(self.outer.centre_um, self.outer.reach_um)


@dataclass(frozen=True, eq=False)
class Duct:
    """A bile duct: a ring of dark cuboidal nuclei round a small lumen; not a vessel."""

    outer: WavyRing
    lumen: WavyRing
    cells: Cells


@dataclass(frozen=True, eq=False)
class PortalTract:
    """A pale field of collagen that carries a portal vein, arteries and bile ducts."""

    stroma: WavyRing
    ducts: tuple[Duct, ...]
    #: Lymphocytes that cuff it; few in a quiet liver, many in hepatitis.
    lymphocytes: Cells

    @property
    def extent_um(self) -> Extent:
        """A rectangle round the stroma and the lymphocytes just outside it."""
        return extent_of(self.stroma.centre_um, self.stroma.reach_um + SPILL_UM)


def extent_of(centre_um: Point, reach_um: float) -> Extent:
    """The square of half side ``reach_um`` round a centre."""
    return Extent(
        centre_um.y - reach_um,
        centre_um.x - reach_um,
        centre_um.y + reach_um,
        centre_um.x + reach_um,
    )
