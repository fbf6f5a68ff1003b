"""The cells of the liver: hepatocytes side by side in plates, and what lies between the plates.

A hepatocyte is a point with a reach. Its cell is the ground that lies nearer to it, less its
reach, than to any other: a polygon between equals, bulging where a drop of fat swells it. The sign
of the plate field sorts hepatocytes into two kinds; the border between two cells of different kinds
is a sinusoid, that between two of one kind a cell membrane. So sinusoids follow cells, and nuclei
of endothelium and red cells can be laid on them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.shapes.cells import (
    HEPATOCYTES,
    SINUSOID_CELLS,
    SINUSOID_RED_CELLS,
    CellKind,
    Cells,
    Extent,
    cells_in,
)
from pathoflow.phantom.shapes.noise import slow_noise_at, unit_interval
from pathoflow.phantom.shapes.plates import Plates

Values = NDArray[np.float64]

#: Hepatocytes whose centres stand nearer than this to a sinusoid step back from it.
_STAND_OFF_UM, _STEP_UM = 9.5, 5.5
#: A section through a plate misses some nuclei, and meets two in some cells.
_LARGEST_NUCLEUS_UM = 6.1
_NUCLEUS_SEEN, _TWO_NUCLEI, _POLYPLOID = 0.76, 0.17, 0.07
_FAT_PATCH_UM = 420.0
#: A drop of this radius fits into a cell without swelling it.
_FITS_UM = 8.0
_LARGEST_DROP_UM = 34.0
#: A sinusoid lies no further than this from the cells on its sides.
_WIDEST_UM = 24.0
#: Cells this far outside a window can still shape what lies in it.
MARGIN_UM = 84.0


@dataclass(frozen=True, eq=False)
class Hepatocytes:
    """Many liver cells, one array per property, in the order of their lattice."""

    cells: Cells
    #: On which side of the nearest sinusoid each stands.
    is_odd: NDArray[np.bool_]
    #: By how much a cell reaches further than its equals, µm.
    reach_um: Values
    #: Radius of its large drop of fat, 0 for none, µm.
    drop_um: Values

    def __len__(self) -> int:
        return len(self.cells)

    def where(self, keep: NDArray[np.bool_]) -> Hepatocytes:
        """Those for which ``keep`` holds."""
        return Hepatocytes(
            self.cells.where(keep), self.is_odd[keep], self.reach_um[keep], self.drop_um[keep]
        )

    def within(self, extent: Extent) -> Hepatocytes:
        """Those whose centres lie in ``extent``."""
        y, x = self.cells.y_um, self.cells.x_um
        inside = (y >= extent.top) & (y < extent.bottom)
        return self.where(inside & (x >= extent.left) & (x < extent.right))


def hepatocytes_in(plan: Plan, extent: Extent) -> Hepatocytes:
    """All hepatocytes whose lattice places lie in ``extent``.

    Near its edge swollen neighbours may be missing, so ask for `MARGIN_UM` more than is needed.
    """
    cells = cells_in(HEPATOCYTES, extent, plan.seed("cells HEPATOCYTE"))
    side, down, right = _plates(plan).slope(cells.y_um, cells.x_um)
    steep = np.maximum(np.hypot(down, right), 1e-6)
    step = np.clip(_STAND_OFF_UM - np.abs(side) / steep, 0, _STEP_UM) * np.sign(side) / steep
    cells = replace(cells, y_um=cells.y_um + step * down, x_um=cells.x_um + step * right)
    drop = _drops_um(plan, cells)
    reach = np.maximum(drop - _FITS_UM, 0.0)
    found = Hepatocytes(cells, side > 0, reach, drop)
    return found.where(~_swallowed(cells, reach)) if reach.any() else found


@lru_cache(maxsize=4)
def _plates(plan: Plan) -> Plates:
    """The slide's plates; kept, for the tree of veins takes a while to build on a large slide."""
    veins, scale = plan.central_veins_um, plan.look.texture_scale
    return Plates.round_veins(veins, scale, plan.seed("plates"))


def _drops_um(plan: Plan, cells: Cells) -> Values:
    """Radius of each cell's large drop: dense in patches, where drops are large, absent elsewhere."""
    if not plan.look.fat:
        return np.zeros(len(cells))
    patch = fat_patch(plan, cells.y_um, cells.x_um)
    fatty = unit_interval(cells.bits, 20) < 0.64 * patch
    spread = unit_interval(cells.bits, 21) + unit_interval(cells.bits, 22) - 1.0
    size = slow_noise_at(cells.y_um, cells.x_um, 230.0, plan.seed("fat size"))
    # Radii are log-normal in kind: mostly 4 to 15 µm, larger in some patches than in others.
    drop = np.exp2(2.95 + 1.35 * spread + 0.6 * size)
    return np.where(fatty, np.clip(drop, 2.5, _LARGEST_DROP_UM), 0.0)


def fat_patch(plan: Plan, y_um: Values, x_um: Values) -> Values:
    """How fatty the liver is at scattered places, 0 to 1; the mean is about ``look.fat``."""
    patch = slow_noise_at(y_um, x_um, _FAT_PATCH_UM, plan.seed("fat patch"))
    # The noise has a standard deviation near 0.4: the share above the bound is about `fat`.
    bound = 0.45 - 1.2 * plan.look.fat
    return np.asarray(np.clip((patch - bound) * 2.5, 0, 1), np.float64)


def _swallowed(cells: Cells, reach_um: Values) -> NDArray[np.bool_]:
    """Cells left with no ground, or only a sliver, beside a swollen neighbour."""
    gone = np.zeros(len(cells), bool)
    places = np.stack([cells.y_um, cells.x_um], axis=1)
    large = np.flatnonzero(reach_um > 0)
    tree = cKDTree(places)
    pairs = tree.query_ball_point(places[large], reach_um[large] + 5.0)
    for one, others in zip(large.tolist(), pairs, strict=True):
        near = np.asarray(others)
        apart = np.hypot(*(places[near] - places[one]).T)
        gone[near] |= (near != one) & (apart < reach_um[one] - reach_um[near] + 5.0)
    return gone


def nuclei_of(hepatocytes: Hepatocytes) -> Cells:
    """Their nuclei: none, one or two each, some polyploid, pushed aside by a drop of fat."""
    cells, drop = hepatocytes.cells, hepatocytes.drop_um
    bits = cells.bits
    seen = unit_interval(bits, 10) < _NUCLEUS_SEEN
    double = (unit_interval(bits, 11) < _TWO_NUCLEI) & (drop < 5)
    large = ~double & (unit_interval(bits, 12) < _POLYPLOID)
    radius = cells.radius_um * np.where(large, 1.42, np.where(double, 0.93, 1.0))
    radius = np.minimum(radius, _LARGEST_NUCLEUS_UM)
    turn = unit_interval(bits, 13) * (2 * np.pi)
    pushed = drop > 4.0
    aside = np.where(double, 1.12 * radius, np.where(pushed, drop + 0.35 * radius, 2.2))
    angle = np.where(pushed, turn + np.pi / 2, cells.angle) % np.pi
    first = Cells(
        cells.y_um + aside * np.sin(turn),
        cells.x_um + aside * np.cos(turn),
        np.asarray(radius * np.where(pushed, 0.82, 1.0), np.float32),
        np.asarray(np.where(pushed, 1.7, np.minimum(cells.elongation, 1.2)), np.float32),
        np.asarray(angle, np.float32),
        bits,
        CellKind.HEPATOCYTE,
    )
    second = replace(
        first,
        y_um=cells.y_um - aside * np.sin(turn),
        x_um=cells.x_um - aside * np.cos(turn),
        bits=bits ^ np.uint32(0x5A5A5A5A),
    )
    one, two = first.where(seen), second.where(seen & double)
    return Cells(
        np.concatenate([one.y_um, two.y_um]),
        np.concatenate([one.x_um, two.x_um]),
        np.concatenate([one.radius_um, two.radius_um]),
        np.concatenate([one.elongation, two.elongation]),
        np.concatenate([one.angle, two.angle]),
        np.concatenate([one.bits, two.bits]),
        CellKind.HEPATOCYTE,
    )


def sinusoid_cells(plan: Plan, hepatocytes: Hepatocytes, extent: Extent) -> Cells:
    """Flat nuclei of endothelium and Kupffer cells, each along the wall of its sinusoid."""
    near = 4.5
    cells = cells_in(SINUSOID_CELLS, extent.grow(near), plan.seed("cells sinusoid"))
    cells = _on_sinusoids(cells, hepatocytes, near)
    # Against one wall or the other, not afloat.
    aside = np.where(unit_interval(cells.bits, 15) < 0.5, -1.6, 1.6)
    return replace(
        cells,
        y_um=cells.y_um + aside * np.cos(cells.angle),
        x_um=cells.x_um - aside * np.sin(cells.angle),
    )


def sinusoid_red_cells(plan: Plan, hepatocytes: Hepatocytes, extent: Extent) -> Cells:
    """Red cells in single file, where the sinusoids happen to hold blood."""
    near = 2.6

    def bled(y: Values, x: Values, bits: NDArray[np.uint32]) -> NDArray[np.bool_]:
        full = slow_noise_at(y, x, 130.0, plan.seed("blood"))
        return np.asarray(unit_interval(bits, 16) < np.clip(1.2 * full, 0.05, 1))

    cells = cells_in(SINUSOID_RED_CELLS, extent.grow(near), plan.seed("cells blood"), bled)
    return _on_sinusoids(cells, hepatocytes, near)


def _on_sinusoids(cells: Cells, hepatocytes: Hepatocytes, near_um: float) -> Cells:
    """Those of ``cells`` within ``near_um`` of a sinusoid, moved onto it and laid along it."""
    odd, even = (hepatocytes.where(hepatocytes.is_odd == side) for side in (True, False))
    if min(len(odd), len(even), len(cells)) == 0:
        return Cells.none(cells.kind)
    sides = [_Side.of(odd), _Side.of(even)]
    start = np.stack([cells.y_um, cells.x_um], axis=1)
    at = start
    for last in (False, True):
        (off, one), (lean, other) = (side.nearest(at) for side in sides)
        lean = off - lean
        steep = np.maximum((lean * lean).sum(axis=1), 0.25)
        at = at - ((one - other) / steep)[:, None] * lean
        keep = np.hypot(*(at - start).T) < near_um * (1 if last else 1.5)
        if last:
            keep &= (one < _WIDEST_UM) & (np.abs(one - other) < 2.5)
        cells, start, at, lean = cells.where(keep), start[keep], at[keep], lean[keep]
    angle = np.arctan2(lean[:, 1], -lean[:, 0]) % np.pi
    return replace(cells, y_um=at[:, 0], x_um=at[:, 1], angle=np.asarray(angle, np.float32))


@dataclass(frozen=True, eq=False)
class _Side:
    """The hepatocytes on one side of the sinusoids, to be asked who is nearest."""

    places: Values
    reach_um: Values
    tree: cKDTree
    #: Among so many nearest is the one whose cell, swollen or not, comes nearest.
    asked: int

    @staticmethod
    def of(hepatocytes: Hepatocytes) -> _Side:
        places = np.stack([hepatocytes.cells.y_um, hepatocytes.cells.x_um], axis=1)
        asked = min(4, len(places)) if hepatocytes.reach_um.any() else 1
        return _Side(places, hepatocytes.reach_um, cKDTree(places), asked)

    def nearest(self, at: Values) -> tuple[Values, Values]:
        """Unit vectors from the nearest cell, shape (n, 2), and how far off its cell is."""
        found = self.tree.query(at, k=self.asked)
        away, which = np.asarray(found[0]), np.asarray(found[1])
        if self.asked > 1:
            best = np.argmin(away - self.reach_um[which], axis=1)[:, None]
            away = np.take_along_axis(away, best, 1)[:, 0]
            which = np.take_along_axis(which, best, 1)[:, 0]
        off = (at - self.places[which]) / np.maximum(away, 1e-6)[:, None]
        return off, away - self.reach_um[which]
