"""Probability map to label map, block by block: one number per vessel, whatever borders cut it.

Both the vessel pixels (8-connected) and the pixels between them (4-connected) are labelled in each block; labels that
face each other over a border are joined; background that ends up enclosed by one vessel is its lumen and is filled. The
numbers follow the raster order of each vessel's first pixel, so nothing depends on the size of the blocks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pathoflow.space import Box, Size
from pathoflow.store import Pyramid
from pathoflow.tiles import Lattice
from pathoflow.tissue import count_labels, look_up
from pathoflow.vessels.either import ProbabilityMap
from pathoflow.vessels.faces import Pairs, touching

# The node of what lies around the plane; background at the plane's edge is joined to it.
_OUTSIDE = 1


@dataclass(frozen=True, slots=True)
class LabelSettings:
    """From which probability a pixel is vessel, and which objects are kept."""

    #: Pixels from this probability on are vessel; normally the card's threshold.
    threshold: float = 0.5
    #: An object must reach this somewhere: weak smears are dropped.
    peak: float = 0.9
    #: Pixels below which an object is dropped: at 2 µm/px, 120 px are a circle of 25 µm, where livers' named veins begin
    #: (Almenar 2017) and below which fat vacuoles abound.
    min_area_px: int = 120
    #: Enclosed background up to this size is lumen, with specks in it; kept vessels in it stay their own (at 2 µm/px, 2,000,000 px are 8 mm²).
    max_hole_px: int = 2_000_000
    #: Side of the blocks that are held in memory.
    block_px: int = 4096


@dataclass(frozen=True, slots=True)
class VesselObject:
    """One label: its box and mean probability, in pixels of the map."""

    label: int
    box: Box
    #: Raster-first pixel, (row, column).
    first_px: tuple[int, int]
    mean_probability: float


def label_vessels(
    probability: ProbabilityMap, labels: Pyramid, settings: LabelSettings
) -> list[VesselObject]:
    """Fill ``labels`` (uint32, still empty, same size as ``probability``) and return what each number is."""
    nodes = _survey(probability, settings)
    numbers, objects = _decide(nodes, settings)
    next_node = _OUTSIDE + 1
    for block in Lattice(probability.size, settings.block_px):
        plane = _label_block(probability.read(block.box), settings, next_node)
        next_node = plane.next_node
        # Local nodes count from 1.
        here = np.append(np.uint32(0), numbers[plane.first : plane.next_node])
        if here.any():
            labels.write(block.box, look_up(here, plane.local))
        del plane  # or there are two, once the next one is made
    return objects


@dataclass(frozen=True)
class _Plane:
    """One block's nodes: every pixel belongs to one, vessels are counted before background.

    Nodes are counted from 1 in each block, so four bytes a pixel are enough however many the slide has; node ``k`` of
    this block is node ``first + k - 1`` of the slide.
    """

    local: NDArray[np.int32]
    n_vessels: int
    n_nodes: int
    first: int

    @property
    def next_node(self) -> int:
        """First node of the block that follows."""
        return self.first + self.n_nodes

    def edge(self, index: _Index) -> _Edge:
        """The nodes along one of the four edges."""
        line = self.local[index].astype(np.int64)
        is_vessel = line <= self.n_vessels
        line += self.first - 1
        return _Edge(np.where(is_vessel, line, 0), np.where(is_vessel, 0, line))

    def contacts(self) -> Pairs:
        """Pairs of a vessel and a background node that share an edge of a pixel."""
        is_vessel = self.local <= self.n_vessels
        pairs = []
        for one, other in ((np.s_[:-1], np.s_[1:]), (np.s_[:, :-1], np.s_[:, 1:])):
            meet = is_vessel[one] != is_vessel[other]
            pairs.append(np.stack([self.local[one][meet], self.local[other][meet]], 1))
        # Vessels are counted first, so the smaller of two is the vessel.
        found = np.unique(np.sort(np.concatenate(pairs), axis=1), axis=0)
        return found.astype(np.int64) + (self.first - 1)


@dataclass
class _Edge:
    """Nodes along a line of pixels."""

    vessel: NDArray[np.int64]
    background: NDArray[np.int64]

    @classmethod
    def blank(cls, length: int) -> _Edge:
        """A line still to be filled."""
        return cls(np.zeros(length, np.int64), np.zeros(length, np.int64))

    def put(self, at: slice, part: _Edge) -> None:
        """Fill a piece of this line."""
        self.vessel[at], self.background[at] = part.vessel, part.background


_Index = tuple[int | slice, int | slice]
_TOP: _Index = (0, slice(None))
_BOTTOM: _Index = (-1, slice(None))
_LEFT: _Index = (slice(None), 0)
_RIGHT: _Index = (slice(None), -1)


#: Vessel pixels touch over corners too, background pixels over edges only.
_EIGHT = np.ones((3, 3), bool)


def _label_block(probability: NDArray[np.uint8], settings: LabelSettings, first: int) -> _Plane:
    vessel = probability >= least_byte(settings.threshold)
    if not vessel.any():
        return _Plane(np.ones(vessel.shape, np.int32), 0, 1, first)
    local = np.empty(vessel.shape, np.int32)
    n_vessels = int(ndimage.label(vessel, _EIGHT, output=local))
    np.logical_not(vessel, out=vessel)
    background = np.empty_like(local)
    n_background = int(ndimage.label(vessel, output=background))
    background += n_vessels
    np.copyto(local, background, where=vessel)
    return _Plane(local, n_vessels, n_vessels + n_background, first)


def least_byte(probability: float) -> int:
    """The smallest stored value that is at least ``probability``; never 0, which is no answer at all."""
    return max(1, math.ceil(probability * 255 - 1e-9))


@dataclass
class _Nodes:
    """What the survey learns: joins, contacts between vessel and background, and per-node sums."""

    joins: list[Pairs] = field(default_factory=list)
    contacts: list[Pairs] = field(default_factory=list)
    count: int = _OUTSIDE + 1
    #: node -> area, sum of probability, peak, top, left, bottom, right, first row, first column
    vessels: dict[int, list[float]] = field(default_factory=dict)
    background_areas: dict[int, int] = field(default_factory=dict)


def _survey(probability: ProbabilityMap, settings: LabelSettings) -> _Nodes:
    nodes = _Nodes()
    size = probability.size
    bottom = _Edge.blank(size.width)
    right = _Edge.blank(0)
    for block in Lattice(size, settings.block_px):
        if block.column == 0:
            # Lines of a whole row of blocks, so that pixels that touch over a corner of four blocks are neighbours.
            above, bottom, top = bottom, _Edge.blank(size.width), _Edge.blank(size.width)
        values = probability.read(block.box)
        plane = _label_block(values, settings, nodes.count)
        nodes.count = plane.next_node
        _measure(nodes, plane, values, block.box)
        nodes.contacts.append(plane.contacts())
        if block.column > 0:
            _join(nodes, right, plane.edge(_LEFT))
        right = plane.edge(_RIGHT)
        columns = slice(block.box.left, block.box.right)
        top.put(columns, plane.edge(_TOP))
        bottom.put(columns, plane.edge(_BOTTOM))
        if block.box.right == size.width and block.row > 0:
            _join(nodes, above, top)
        _join_outside(nodes, plane, block.box, size)
        del plane, values  # or there are two of each, once the next ones are made
    return nodes


def _join(nodes: _Nodes, one: _Edge, other: _Edge) -> None:
    """Join two lines of pixels that face each other over a border."""
    nodes.joins.append(touching(one.vessel, other.vessel, diagonal=True))
    nodes.joins.append(touching(one.background, other.background, diagonal=False))
    nodes.contacts.append(touching(one.vessel, other.background, diagonal=False))
    nodes.contacts.append(touching(other.vessel, one.background, diagonal=False))


def _join_outside(nodes: _Nodes, plane: _Plane, box: Box, size: Size) -> None:
    """Background at the edge of the plane is outside."""
    at_edge = (
        (_TOP, box.top == 0),
        (_LEFT, box.left == 0),
        (_BOTTOM, box.bottom == size.height),
        (_RIGHT, box.right == size.width),
    )
    for index in (index for index, is_outer in at_edge if is_outer):
        line = plane.edge(index).background
        found = np.unique(line[line > 0])
        nodes.joins.append(np.stack([found, np.full_like(found, _OUTSIDE)], 1))


#: Rows that are measured at once; sums take eight bytes a pixel.
_BAND_ROWS = 512


def _measure(nodes: _Nodes, plane: _Plane, values: NDArray[np.uint8], box: Box) -> None:
    n_vessels = plane.n_vessels
    areas = count_labels(plane.local, plane.n_nodes)
    sums, peaks = np.zeros(n_vessels + 1), np.zeros(n_vessels + 1, np.uint8)
    for top in range(0, box.height, _BAND_ROWS):
        local, band = plane.local[top : top + _BAND_ROWS], values[top : top + _BAND_ROWS]
        inside = local <= n_vessels
        vessel, value = local[inside], band[inside]
        sums += np.bincount(vessel, weights=value, minlength=len(sums))
        np.maximum.at(peaks, vessel, value)
    vessels = np.where(plane.local <= n_vessels, plane.local, np.int32(0))
    for index, where in enumerate(ndimage.find_objects(vessels), start=1):
        rows, columns = where
        row = vessels[rows.start, columns]
        nodes.vessels[plane.first + index - 1] = [
            float(areas[index]), float(sums[index]), float(peaks[index]),
            box.top + rows.start, box.left + columns.start, box.top + rows.stop, box.left + columns.stop,
            box.top + rows.start, box.left + columns.start + int(np.flatnonzero(row == index)[0]),
        ]  # fmt: skip
    nodes.background_areas |= {
        plane.first + at - 1: int(areas[at]) for at in range(n_vessels + 1, len(areas))
    }


def _decide(
    nodes: _Nodes, settings: LabelSettings
) -> tuple[NDArray[np.uint32], list[VesselObject]]:
    """Node -> number of the vessel it belongs to (0 for none), and the vessels."""
    joins = np.concatenate(nodes.joins)
    graph = coo_array(
        (np.ones(len(joins), np.int8), (joins[:, 0], joins[:, 1])), shape=(nodes.count, nodes.count)
    )
    _, root = connected_components(graph, directed=False)
    merged: dict[int, NDArray[np.float64]] = {}
    for node, row in nodes.vessels.items():
        new, at = np.asarray(row), int(root[node])
        merged[at] = _merge(merged[at], new) if at in merged else new
    # In the raster order of their first pixels; what encloses something comes before it.
    order = sorted(merged, key=lambda at: (merged[at][7], merged[at][8]))
    kept = [
        at
        for at in order
        if merged[at][0] >= settings.min_area_px and merged[at][2] >= settings.peak * 255
    ]
    number_of = {at: number for number, at in enumerate(kept, start=1)}
    objects = [
        VesselObject(
            number_of[at],
            Box.spanning(*(int(v) for v in merged[at][3:7])),
            (int(merged[at][7]), int(merged[at][8])),
            float(merged[at][1] / merged[at][0] / 255),
        )
        for at in kept
    ]
    _fill_lumens(number_of, order, _enclosed(nodes, root, order, settings))
    numbers = np.zeros(nodes.count, np.uint32)
    for node in (*nodes.vessels, *nodes.background_areas):
        numbers[node] = number_of.get(int(root[node]), 0)
    return numbers, objects


def _merge(old: NDArray[np.float64], new: NDArray[np.float64]) -> NDArray[np.float64]:
    first = min(tuple(old[7:9]), tuple(new[7:9]))
    return np.concatenate(
        [
            old[:2] + new[:2],
            np.maximum(old[2:3], new[2:3]),
            np.minimum(old[3:5], new[3:5]),
            np.maximum(old[5:7], new[5:7]),
            first,
        ]
    )


def _enclosed(
    nodes: _Nodes, root: NDArray[np.int32], order: list[int], settings: LabelSettings
) -> dict[int, list[int]]:
    """Every enclosed background that may be lumen -> the objects it touches, the one around it first."""
    areas: dict[int, int] = {}
    for node, area in nodes.background_areas.items():
        areas[int(root[node])] = areas.get(int(root[node]), 0) + area
    rank = {at: place for place, at in enumerate(order)}
    touched: dict[int, list[int]] = {}
    for vessel, background in np.unique(root[np.concatenate(nodes.contacts)], axis=0):
        touched.setdefault(int(background), []).append(int(vessel))
    return {
        hole: sorted(vessels, key=rank.__getitem__)
        for hole, vessels in touched.items()
        if hole != root[_OUTSIDE] and areas[hole] <= settings.max_hole_px
    }


def _fill_lumens(
    number_of: dict[int, int], order: list[int], enclosed: dict[int, list[int]]
) -> None:
    """Give lumens, and specks inside them, the number of the vessel around them."""
    holes_in: dict[int, list[int]] = {}
    for hole, (around, *_) in enclosed.items():
        holes_in.setdefault(around, []).append(hole)
    for around in order:
        if around not in number_of:
            continue
        for hole in holes_in.get(around, []):
            number_of[hole] = number_of[around]
            for speck in enclosed[hole][1:]:
                number_of.setdefault(speck, number_of[around])
