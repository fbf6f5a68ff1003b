"""Throw darts: give discs of many sizes places in the liver, clear of each other and the tumour."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from pathoflow.phantom.plan.tissue import TissuePlan
from pathoflow.phantom.shapes.outline import WavyRing

#: Outer walls of different units keep this far apart.
GAP_UM = 15.0
#: Between a disc and the tissue's edge, and between a disc and the tumour's capsule.
_EDGE_UM, _TUMOUR_UM = 25.0, 25.0
#: Outlines are turned into points this far apart; an edge between two is missed by a fifth of it.
_POINTS_UM = 40.0
#: Discs are placed from large to small, in bands whose largest is so many times the smallest.
_BAND = 1.6
#: Darts per round over all discs, and rounds before discs may stand closer.
_DARTS, _ROUNDS = 4000, 12

Places = NDArray[np.float64]
Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Taken:
    """Discs that have their places, in bands of like size so that neighbours are found fast."""

    def __init__(self) -> None:
        self._bands: dict[int, tuple[cKDTree, Numbers]] = {}

    def add(self, places: Places, reach: Numbers) -> None:
        """Take discs; ``places`` has shape (n, 2)."""
        bands = np.floor(np.log(reach) / math.log(_BAND)).astype(int)
        for band in np.unique(bands).tolist():
            at, radii = places[bands == band], reach[bands == band]
            if band in self._bands:
                tree, known = self._bands[band]
                at, radii = np.concatenate([tree.data, at]), np.concatenate([known, radii])
            self._bands[band] = (cKDTree(at), radii)

    def free(self, places: Places, reach: Numbers, gap: float) -> Mask:
        """Which discs keep ``gap`` µm from all that are taken."""
        free = np.ones(len(places), bool)
        if not len(places):
            return free
        tree, widest = cKDTree(places), float(reach.max())
        for band, radii in self._bands.values():
            limit = widest + float(radii.max()) + gap
            pairs = tree.sparse_distance_matrix(band, limit, output_type="ndarray")
            i, j = pairs["i"], pairs["j"]
            free[i[pairs["v"] <= reach[i] + radii[j] + gap]] = False
        return free


class Ground:
    """Where units may stand: liver, less the places that are taken."""

    def __init__(self, tissue: TissuePlan, rng: np.random.Generator) -> None:
        self.tissue, self.rng, self.taken = tissue, rng, Taken()
        outlines = [piece.polygon_um() for piece in tissue.pieces]
        self._low = np.min([outline.min(axis=0) for outline in outlines], axis=0)
        self._high = np.max([outline.max(axis=0) for outline in outlines], axis=0)
        # First-order distances say too little beside a torn edge; nearest points are exact.
        self._edge = cKDTree(np.concatenate([_dense(outline) for outline in outlines]))
        mass = tissue.tumour
        self._mass = None if mass is None else cKDTree(_dense(mass.polygon_um()))
        # Torn holes were there first: no vessel is torn through.
        self.taken.add(*_discs(tissue))
        self.coat_um = 0.0 if tissue.capsule is None else float(tissue.capsule.thickness_um.max())

    def in_tissue(self, places: Places, reach: Numbers) -> Mask:
        """Which discs lie in tissue, clear of its edge."""
        keep = np.asarray(self.tissue.tissue_distance(places[:, 0], places[:, 1]) < 0)
        keep[keep] = _further(self._edge, places[keep], reach[keep] + _EDGE_UM)
        return keep

    def in_liver(self, places: Places, reach: Numbers) -> Mask:
        """Which discs lie in tissue, clear of its edge and of all tumour and its capsule."""
        keep = self.in_tissue(places, reach)
        keep[keep] = self.off_tumour(places[keep], reach[keep] + _TUMOUR_UM + self.coat_um)
        return keep

    def off_tumour(self, places: Places, away_um: Numbers) -> Mask:
        """Which places lie ``away_um`` or more from the mass, its islands and satellites."""
        if self._mass is None:
            return np.ones(len(places), bool)
        keep = np.asarray(self.tissue.mass_distance(places[:, 0], places[:, 1]) > 0)
        keep[keep] = _further(self._mass, places[keep], away_um[keep])
        nests = self.tissue.nests.distance(places[keep, 0], places[keep, 1])
        keep[keep] = nests > away_um[keep] - self.coat_um
        return keep

    def tumour_distance(self, places: Places) -> Numbers:
        """Distance to the mass, its islands and satellites; infinite where there is no tumour."""
        found = self.tissue.tumour_distance(places[:, 0], places[:, 1])
        return np.asarray(found, np.float64)

    def anywhere(self, number: int) -> Places:
        """Places in the rectangle round all tissue."""
        return self.rng.uniform(self._low, self._high, (number, 2))

    def near_tumour(self, number: int) -> Places:
        """Places round the mass: half within a millimetre or so, five in six within a centimetre."""
        mass = self.tissue.tumour
        if mass is None:
            return self.anywhere(number)
        rng = self.rng
        outline, upright = along_outline(mass)
        at = rng.integers(len(outline), size=number)
        share = rng.random(number)
        away = np.where(share < 0.5, rng.exponential(900.0, number), rng.uniform(0, 1e4, number))
        near = outline[at] + upright[at] * (away + self.coat_um + _TUMOUR_UM + 40.0)[:, None]
        return np.where((share < 0.83)[:, None], near, self.anywhere(number))

    def scatter(self, reach: Numbers, near: Mask, gap: float) -> tuple[Places, Mask]:
        """Place discs of ``reach``, large before small, at ``gap`` from each other or ever closer.

        Returns places of shape (n, 2) and which of them were found; they are taken from then on.
        """
        places = np.full((len(reach), 2), np.nan)
        found = np.zeros(len(reach), bool)
        order = np.argsort(-reach, kind="stable")
        while len(order):
            in_band = reach[order] >= reach[order[0]] / _BAND
            band, order = order[in_band], order[~in_band]
            wide = gap
            while True:
                left = band[~found[band]]
                self._fill_band(places, found, left, (reach, near), wide)
                if wide <= GAP_UM or found[band].all():
                    break
                wide = max(GAP_UM, 0.6 * wide)
        return places, found

    def _fill_band(
        self,
        places: Places,
        found: Mask,
        wanted: NDArray[np.intp],
        discs: tuple[Numbers, Mask],
        gap: float,
    ) -> None:
        """Rounds of darts for the discs ``wanted``, all at once, until none find room."""
        reach, near = discs
        # Rounds that find nothing mean that no room is left; at the least gap that must be certain.
        patience = 3 if gap <= GAP_UM else 1
        for _ in range(_ROUNDS):
            left = wanted[~found[wanted]]
            if not len(left) or not patience:
                return
            hit, at = self._throw(reach[left], near[left], gap)
            patience -= not len(hit)
            placed = left[hit]
            places[placed], found[placed] = at, True
            self.taken.add(at, reach[placed])

    def _throw(self, reach: Numbers, near: Mask, gap: float) -> tuple[NDArray[np.intp], Places]:
        """Some darts for each disc: which discs found a place, and where."""
        each = max(1, math.ceil(_DARTS / len(reach)))
        darts = self.anywhere(each * len(reach))
        radii, is_near = np.tile(reach, each), np.tile(near, each)
        darts[is_near] = self.near_tumour(int(is_near.sum()))
        good = np.flatnonzero(self.in_liver(darts, radii))
        good = good[self.taken.free(darts[good], radii[good], gap)]
        # The first good dart of each disc; then of two that clash the smaller index stays.
        disc, first = np.unique(good % len(reach), return_index=True)
        at = darts[good[first]]
        if not len(disc):
            return disc, at
        tree = cKDTree(at)
        pairs = tree.sparse_distance_matrix(
            tree, 2 * float(reach[disc].max()) + gap, output_type="ndarray"
        )
        i, j = pairs["i"], pairs["j"]
        clash = (i < j) & (pairs["v"] <= reach[disc][i] + reach[disc][j] + gap)
        keep = np.ones(len(disc), bool)
        keep[j[clash]] = False
        return disc[keep], at[keep]


def _discs(tissue: TissuePlan) -> tuple[Places, Numbers]:
    found = [(hole.centre_um.y, hole.centre_um.x, hole.reach_um) for hole in tissue.clefts]
    discs = np.array(found, np.float64).reshape(-1, 3)
    return discs[:, :2], discs[:, 2]


def _further(points: cKDTree, places: Places, away_um: Numbers) -> Mask:
    """Which places have no point within ``away_um``."""
    if not len(places):
        return np.zeros(0, bool)
    nearest = points.query(places, distance_upper_bound=float(away_um.max()))[0]
    return np.asarray(nearest > away_um)


def _dense(outline: Places) -> Places:
    """Points along a closed outline, none further apart than `_POINTS_UM`."""
    step = np.roll(outline, -1, axis=0) - outline
    each = max(1, math.ceil(float(np.linalg.norm(step, axis=1).max()) / _POINTS_UM))
    share = np.arange(each)[:, None, None] / each
    return np.asarray((outline + share * step).reshape(-1, 2))


def along_outline(ring: WavyRing) -> tuple[Places, Places]:
    """The vertices of an outline and the unit vectors, (y, x), that point out of it there."""
    outline = ring.polygon_um()
    step = np.roll(outline, -1, axis=0) - np.roll(outline, 1, axis=0)
    upright = np.stack([-step[:, 1], step[:, 0]], axis=1)
    return outline, upright / np.linalg.norm(upright, axis=1)[:, None]
