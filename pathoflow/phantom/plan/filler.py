"""What every filling of a lumen draws on: the slide's lattices, cell numbers, and the ground."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from pathoflow.phantom.plan.blood import LOOSE, loose_cells
from pathoflow.phantom.plan.growth import Growth
from pathoflow.phantom.plan.plug import coat_cells, pressed
from pathoflow.phantom.plan.vessel import Contents, Ground, Plug, extent_of
from pathoflow.phantom.shapes.cells import CellKind, Cells, Lattice, cells_in
from pathoflow.phantom.shapes.noise import seed_of
from pathoflow.phantom.shapes.outline import WavyRing

#: Numbers of tumour cells in a vein: log-normal, 5 to over a thousand, so that most are small and
#: many lie about 50; look-alikes take the room that as many tumour cells would need.
_CELLS_MEDIAN, _CELLS_LOG_SD, _CELLS_RANGE = 45.0, 1.15, (5, 1600)

#: Furthest that nuclei of the carcinoma step aside for its sinusoids and lumens.
_SETTLE_UM = 20.0
#: Nuclei nearer than this share of their long half axes together look like one.
_OVERLAP = 0.75


@dataclass(frozen=True, slots=True)
class Filler:
    """What `fill` needs besides the lumen."""

    #: The slide's seed, which its lattices share.
    seed: int
    #: Nuclei of the carcinoma.
    tumour: Lattice
    #: Chance that a vein holds serum, fibrin or red cells beside its own content.
    mixing: float
    #: How the carcinoma grows: its nuclei keep out of the sinusoids and lumens that it paints.
    growth: Growth | None = None

    def cells(self, lattice: Lattice, lumen: WavyRing) -> Cells:
        """The lattice's cells in the square round the lumen and a little beyond.

        Kinds of the parenchyma and of the tumour mass use the slide's own lattice, so a plug of
        tumour cells is a piece cut out of the same tissue.
        """
        extent = extent_of(lumen.centre_um, lumen.reach_um + _SETTLE_UM)
        cells = cells_in(lattice, extent, seed_of(self.seed, f"cells {lattice.kind.name}"))
        if lattice.kind is CellKind.TUMOUR and self.growth is not None:
            walled = cells.where(~self.growth.in_lumen(cells))
            return _distinct(self.growth.settle(walled))
        return cells

    def in_plug(self, lattice: Lattice, lumen: WavyRing, plug: Plug) -> Cells:
        """The lattice's cells whose nuclei lie in the plug, but for a little of their edge."""
        cells = self.cells(lattice, lumen)
        to_lumen = lumen.signed_distance(cells.y_um, cells.x_um)
        depth = plug.signed_distance(cells.y_um, cells.x_um, to_lumen)
        return pressed(cells.where(depth < -0.8 * cells.radius_um), lumen)


def _distinct(cells: Cells) -> Cells:
    """Without nuclei that stepping aside has laid upon another: a reader counts them as one."""
    long = cells.radius_um * np.sqrt(cells.elongation)
    if len(cells) < 2:
        return cells
    places = np.stack([cells.y_um, cells.x_um], axis=1)
    pairs = cKDTree(places).query_pairs(2 * float(long.max()), output_type="ndarray")
    apart = np.hypot(*(places[pairs[:, 0]] - places[pairs[:, 1]]).T)
    hidden = pairs[apart < _OVERLAP * (long[pairs[:, 0]] + long[pairs[:, 1]])]
    keep = np.ones(len(cells), np.bool_)
    keep[hidden.max(axis=1, initial=0)] = False
    return cells.where(keep)


def draw_cell_number(rng: np.random.Generator) -> int:
    """How many tumour cells a plug should hold, before the lumen limits it."""
    number = rng.lognormal(math.log(_CELLS_MEDIAN), _CELLS_LOG_SD)
    return int(np.clip(number, *_CELLS_RANGE))


def with_ground(
    contents: Contents, lumen: WavyRing, filler: Filler, rng: np.random.Generator
) -> Contents:
    """The same with endothelium on its plug and, in some veins, blood or serum round it."""
    plug, found = contents.plug, list(contents.cells)
    ground: Ground = "empty"
    if plug is not None and plug.is_coated:
        found.append(coat_cells(lumen, plug, rng))
    if rng.random() < filler.mixing:
        ground = ("serum", "fibrin", "red_cells")[int(rng.choice(3, p=[0.35, 0.3, 0.35]))]
    if ground != "empty":
        share = rng.uniform(0.15, 0.6) if ground == "red_cells" else 0.03
        found.append(loose_cells(lumen, LOOSE, filler.seed, share, plug))
    return replace(contents, ground=ground, cells=tuple(group for group in found if len(group)))
