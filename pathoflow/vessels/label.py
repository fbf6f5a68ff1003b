"""Probability map to label map, block by block: one number per vessel, whatever borders cut it.

Both the vessel pixels (8-connected) and the pixels between them (4-connected) are labelled in each block; labels that
face each other over a border are joined; background that ends up enclosed by one vessel is its lumen and is filled. The
numbers follow the raster order of each vessel's first pixel, so they do not depend on the size of the blocks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from skimage.measure import label as label_plane

from pathoflow.space import Box, Size
from pathoflow.store import Pyramid
from pathoflow.tiles import Lattice
from pathoflow.vessels.faces import Pairs, neighbours, touching

# The one node of all background that certainly lies outside: blocks without any vessel, and the plane's edge.
_OUTSIDE = 1


@dataclass(frozen=True, slots=True)
class LabelSettings:
    """From which probability a pixel is vessel, and which objects are kept."""

    #: Pixels from this probability on are vessel; normally the card's threshold.
    threshold: float = 0.5
    #: An object must reach this somewhere: weak smears are dropped.
    peak: float = 0.7
    #: Pixels below which an object is dropped (at 2 µm/px, 40 px are a circle of 14 µm).
    min_area_px: int = 40
    #: Enclosed background up to this size is lumen (at 2 µm/px, 2,000,000 px are 8 mm²).
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


def label_vessels(probability: Pyramid, labels: Pyramid, settings: LabelSettings) -> list[VesselObject]:
    """Fill ``labels`` (uint32, same size as ``probability``) and return what each number is."""
    nodes = _survey(probability, settings)
    numbers, objects = _decide(nodes, settings)
    next_node = _OUTSIDE + 1
    for block in Lattice(probability.size, settings.block_px):
        plane = _label_block(probability.read(block.box), settings, next_node)
        next_node = plane.next_node
        if plane.vessel is not None and plane.background is not None:
            found = numbers[plane.vessel] + numbers[plane.background]
            if found.any():
                labels.write(block.box, found.astype(np.uint32))
    return objects


@dataclass
class _Plane:
    """One block's nodes: vessel and background pixels, or None for both where the block is all background."""

    vessel: NDArray[np.int64] | None
    background: NDArray[np.int64] | None
    next_node: int

    def line(self, which: str, index: tuple[slice | int, ...], length: int) -> NDArray[np.int64]:
        """Nodes along one edge; of an all-background block, `_OUTSIDE` for the background."""
        plane = self.vessel if which == "vessel" else self.background
        if plane is None:
            return np.full(length, _OUTSIDE if which == "background" else 0, np.int64)
        return plane[index]


def _label_block(probability: NDArray[np.uint8], settings: LabelSettings, next_node: int) -> _Plane:
    vessel = probability >= max(1, round(settings.threshold * 255))
    if not vessel.any():
        return _Plane(None, None, next_node)
    planes = []
    for mask, connectivity in ((vessel, 2), (~vessel, 1)):
        plane, count = label_plane(mask, connectivity=connectivity, return_num=True)
        planes.append(np.where(plane > 0, plane.astype(np.int64) + (next_node - 1), 0))
        next_node += count
    return _Plane(planes[0], planes[1], next_node)


@dataclass
class _Nodes:
    """What the survey learns: joins, contacts between vessel and background, and per-node sums."""

    joins: list[Pairs] = field(default_factory=list)
    contacts: list[Pairs] = field(default_factory=list)
    count: int = _OUTSIDE + 1
    #: node -> area, sum of probability, peak, top, left, bottom, right, first row, first column
    vessels: dict[int, list[float]] = field(default_factory=dict)
    background_areas: dict[int, int] = field(default_factory=dict)


def _survey(probability: Pyramid, settings: LabelSettings) -> _Nodes:
    nodes = _Nodes()
    width = probability.size.width
    above = _Row(width)
    current = _Row(width)
    lattice = Lattice(probability.size, settings.block_px)
    last: tuple[Box, _Plane] | None = None
    for block in lattice:
        values = probability.read(block.box)
        plane = _label_block(values, settings, nodes.count)
        nodes.count = plane.next_node
        if plane.vessel is not None and plane.background is not None:
            _measure(nodes, plane.vessel, plane.background, values, block.box)
            nodes.contacts.append(neighbours(plane.vessel, plane.background))
        if last is not None and block.column > 0:
            _join(nodes, lambda which, at=last: at[1].line(which, (slice(None), -1), at[0].height),
                  lambda which, at=(block.box, plane): at[1].line(which, (slice(None), 0), at[0].height))
        if block.column == 0 and block.row > 0:
            above, current = current, _Row(width)
        current.put(block.box, plane)
        if block.box.right == width and block.row > 0:
            _join(nodes, above.bottom.__getitem__, current.top.__getitem__)
        _join_edge(nodes, plane, block.box, probability.size)
        last = (block.box, plane)
    return nodes


class _Row:
    """First and last line of pixels of a whole row of blocks."""

    def __init__(self, width: int) -> None:
        self.top = {w: np.zeros(width, np.int64) for w in ("vessel", "background")}
        self.bottom = {w: np.zeros(width, np.int64) for w in ("vessel", "background")}

    def put(self, box: Box, plane: _Plane) -> None:
        for which in ("vessel", "background"):
            self.top[which][box.left : box.right] = plane.line(which, (0, slice(None)), box.width)
            self.bottom[which][box.left : box.right] = plane.line(which, (-1, slice(None)), box.width)


def _join(
    nodes: _Nodes,
    one: Callable[[str], NDArray[np.int64]],
    other: Callable[[str], NDArray[np.int64]],
) -> None:
    """Join two lines of pixels that face each other over a border."""
    nodes.joins.append(touching(one("vessel"), other("vessel"), diagonal=True))
    nodes.joins.append(touching(one("background"), other("background"), diagonal=False))
    nodes.contacts.append(touching(one("vessel"), other("background"), diagonal=False))
    nodes.contacts.append(touching(other("vessel"), one("background"), diagonal=False))


def _join_edge(nodes: _Nodes, plane: _Plane, box: Box, size: Size) -> None:
    """Background at the edge of the plane is outside."""
    if plane.background is None:
        return
    lines = []
    if box.top == 0:
        lines.append(plane.background[0])
    if box.left == 0:
        lines.append(plane.background[:, 0])
    if box.bottom == size.height:
        lines.append(plane.background[-1])
    if box.right == size.width:
        lines.append(plane.background[:, -1])
    for line in lines:
        found = np.unique(line[line > 0])
        nodes.joins.append(np.stack([found, np.full_like(found, _OUTSIDE)], 1))


def _measure(
    nodes: _Nodes,
    vessel: NDArray[np.int64],
    background: NDArray[np.int64],
    values: NDArray[np.uint8],
    box: Box,
) -> None:
    first = int(vessel[vessel > 0].min())
    local = np.where(vessel > 0, vessel - (first - 1), 0)
    areas = np.bincount(local.ravel())
    sums = np.bincount(local.ravel(), weights=values.ravel())
    peaks = ndimage.maximum(values, local, np.arange(1, len(areas)))
    for index, where in enumerate(ndimage.find_objects(local), start=1):
        rows, columns = where
        row = local[rows.start, columns]
        nodes.vessels[first + index - 1] = [
            float(areas[index]), float(sums[index]), float(peaks[index - 1]),
            box.top + rows.start, box.left + columns.start, box.top + rows.stop, box.left + columns.stop,
            box.top + rows.start, box.left + columns.start + int(np.flatnonzero(row == index)[0]),
        ]  # fmt: skip
    if (background > 0).any():
        base = int(background[background > 0].min())
        counts = np.bincount(np.where(background > 0, background - (base - 1), 0).ravel())
        for index in range(1, len(counts)):
            nodes.background_areas[base + index - 1] = int(counts[index])


def _decide(nodes: _Nodes, settings: LabelSettings) -> tuple[NDArray[np.int64], list[VesselObject]]:
    """Node -> number of the vessel it belongs to (0 for none), and the vessels."""
    joins = np.concatenate(nodes.joins) if nodes.joins else np.zeros((0, 2), np.int64)
    graph = coo_array((np.ones(len(joins), np.int8), (joins[:, 0], joins[:, 1])), shape=(nodes.count, nodes.count))
    _, root = connected_components(graph, directed=False)
    merged: dict[int, NDArray[np.float64]] = {}
    for node, row in nodes.vessels.items():
        new = np.asarray(row)
        old = merged.get(int(root[node]))
        merged[int(root[node])] = new if old is None else _merge(old, new)
    kept = {
        at: row
        for at, row in merged.items()
        if row[0] >= settings.min_area_px and row[2] >= settings.peak * 255
    }
    order = sorted(kept, key=lambda at: (kept[at][7], kept[at][8]))
    number_of_root = {at: number for number, at in enumerate(order, start=1)}
    numbers = np.zeros(nodes.count, np.int64)
    for node in nodes.vessels:
        numbers[node] = number_of_root.get(int(root[node]), 0)
    _fill_lumens(numbers, root, nodes, settings)
    objects = []
    for at in order:
        row = kept[at]
        box = Box.spanning(*(int(v) for v in row[3:7]))
        objects.append(
            VesselObject(number_of_root[at], box, (int(row[7]), int(row[8])), row[1] / row[0] / 255)
        )
    return numbers, objects


def _merge(old: NDArray[np.float64], new: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = old[:2] + new[:2]
    first = min(tuple(old[7:9]), tuple(new[7:9]))
    return np.concatenate(
        [sums, np.maximum(old[2:3], new[2:3]), np.minimum(old[3:5], new[3:5]), np.maximum(old[5:7], new[5:7]), first]
    )


def _fill_lumens(
    numbers: NDArray[np.int64], root: NDArray[np.int32], nodes: _Nodes, settings: LabelSettings
) -> None:
    """Give enclosed background, and specks inside it, the number of the vessel around it."""
    contacts = np.concatenate(nodes.contacts) if nodes.contacts else np.zeros((0, 2), np.int64)
    around: dict[int, set[int]] = {}
    for vessel, background in contacts:
        around.setdefault(int(root[background]), set()).add(int(numbers[vessel]))
    areas: dict[int, int] = {}
    for node, area in nodes.background_areas.items():
        areas[int(root[node])] = areas.get(int(root[node]), 0) + area
    outside = int(root[_OUTSIDE])
    filled: dict[int, int] = {}
    for at, touched in around.items():
        owners = touched - {0}
        if at != outside and len(owners) == 1 and areas.get(at, 0) <= settings.max_hole_px:
            filled[at] = owners.pop()
    for node in nodes.background_areas:
        numbers[node] = filled.get(int(root[node]), 0)
    for vessel, background in contacts:
        if numbers[vessel] == 0 and int(root[background]) in filled:
            numbers[vessel] = filled[int(root[background])]
