"""Vessels that touch become objects of their own, in the label map, before its coarser levels are built."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pathoflow.space import Box, Frame, Mpp, Size
from pathoflow.store import Pyramid
from pathoflow.tiles import Lattice
from pathoflow.vessels.either import ProbabilityMap
from pathoflow.vessels.label import VesselObject, least_byte
from pathoflow.vessels.parting import Numbers, PartingRules, part_mask
from pathoflow.vessels.window import ClassMap, WindowReader, tile_order

#: Side of the pieces in which a large object is read.
_PIECE = Size(2048, 2048)


@dataclass(frozen=True, slots=True)
class SplitSettings:
    """How touching vessels are parted."""

    rules: PartingRules = field(default_factory=PartingRules)
    #: Pixels in which one object is looked at; larger ones are looked at every second, third, ... pixel. 1.5 million
    #: are 2.4 x 2.4 mm at 2 µm/px and take 60 MB.
    max_window_px: int = 1_500_000


@dataclass(frozen=True)
class Labelled:
    """What `label_vessels` worked on and left."""

    probability: ProbabilityMap
    #: Coarser levels not built yet.
    labels: Pyramid
    #: Where level 0 of both lies.
    frame: Frame
    slide_mpp: Mpp
    #: From which probability a pixel is vessel.
    threshold: float
    #: The map of lumens, where there is one.
    lumen: ClassMap | None = None


@dataclass(frozen=True)
class _Cut:
    """One object in parts: the number of the part at every ``step``-th pixel, all over the object's box."""

    parent: VesselObject
    #: In pixels of ``step`` pixels of the map.
    box: Box
    step: int
    parts: Numbers

    def numbers(self, box: Box) -> Numbers:
        """The part that each pixel of ``box`` of the map would belong to."""
        rows = np.arange(box.top, box.bottom) // self.step - self.box.top
        columns = np.arange(box.left, box.right) // self.step - self.box.left
        return self.parts[np.ix_(rows, columns)]


def split_touching(
    found: Labelled, objects: Sequence[VesselObject], settings: SplitSettings
) -> list[VesselObject]:
    """Part touching vessels in ``found.labels`` and return all objects in the order of their numbers.

    The part with an object's first pixel keeps its number, and so its UUID; the others are numbered on from the last
    one, in the order of their objects and of their own first pixels. Every object is looked at as a whole, so borders
    of blocks make no difference.
    """
    labels = WindowReader(found.labels, found.frame)
    lumen = found.lumen and WindowReader(found.lumen.pyramid, found.lumen.frame)
    cuts = []
    for at in tile_order([one.box for one in objects]):
        cut = _cut(objects[at], found, labels, lumen or None, settings)
        if cut is not None:
            cuts.append(cut)
    cuts.sort(key=lambda cut: cut.parent.label)
    parted = {one.label: one for one in objects}
    last = max(parted, default=0)
    numbers = []
    for cut in cuts:
        parts = sorted(_parts(cut, found), key=lambda part: part.first_px)
        table = np.zeros(int(cut.parts.max()) + 1, np.uint32)
        for place, part in enumerate(parts):
            number = cut.parent.label if place == 0 else (last := last + 1)
            table[part.label] = number
            parted[number] = replace(part, label=number)
        numbers.append(table)
    _write(found.labels, cuts, numbers)
    return [parted[number] for number in sorted(parted)]


def _cut(
    one: VesselObject,
    found: Labelled,
    labels: WindowReader,
    lumen: WindowReader | None,
    settings: SplitSettings,
) -> _Cut | None:
    step = max(1, math.ceil(math.sqrt(one.box.size.area / settings.max_window_px)))
    box = Box.spanning(
        one.box.top // step,
        one.box.left // step,
        -(-one.box.bottom // step),
        -(-one.box.right // step),
    )
    frame = Frame(found.frame.scale_y * step, found.frame.scale_x * step)
    if step == 1:
        mask = labels.read(box, frame) == one.label
    else:
        mask = _every(found.labels, one.label, box, step)
    mask = ndimage.binary_fill_holes(mask)
    inside = None if lumen is None else lumen.read(box, frame)
    parts = part_mask(mask, inside, frame.mpp(found.slide_mpp).mean, settings.rules)
    if parts is None:
        return None
    nearest = ndimage.distance_transform_edt(
        parts == 0, return_distances=False, return_indices=True
    )
    return _Cut(one, box, step, parts[tuple(nearest)])


def _every(labels: Pyramid, label: int, box: Box, step: int) -> NDArray[np.bool_]:
    """Every ``step``-th pixel of an object, from pieces; ``box`` counts steps."""
    mask = np.zeros(box.size.shape, bool)
    side = max(1, _PIECE.height // step)
    for piece in box.pieces(Size(side, side)):
        fine = Box(piece.top * step, piece.left * step, piece.height * step, piece.width * step)
        pixels = labels.read(fine)[step // 2 :: step, step // 2 :: step]
        mask[piece.within(box).slices] = pixels == label
    return mask


def _parts(cut: _Cut, found: Labelled) -> Iterator[VesselObject]:
    """The parts of one object with the numbers that they have in the cut."""
    least = least_byte(found.threshold)
    count = int(cut.parts.max())
    sums = np.zeros((2, count + 1))
    bounds: dict[int, Box] = {}
    first: dict[int, tuple[int, int]] = {}
    for piece in cut.parent.box.pieces(_PIECE):
        own = found.labels.read(piece) == cut.parent.label
        numbers = np.where(own, cut.numbers(piece), 0)
        values = found.probability.read(piece)
        sure = own & (values >= least)
        sums[0] += np.bincount(numbers[sure], minlength=count + 1)
        sums[1] += np.bincount(numbers[sure], weights=values[sure], minlength=count + 1)
        for number, where in enumerate(ndimage.find_objects(numbers), start=1):
            if where is None:
                continue
            rows, columns = where
            here = Box.spanning(rows.start, columns.start, rows.stop, columns.stop)
            here = here.shift(piece.top, piece.left)
            bounds[number] = _around(bounds[number], here) if number in bounds else here
            column = int(np.flatnonzero(numbers[rows.start, columns] == number)[0]) + here.left
            first[number] = min(first.get(number, (here.top, column)), (here.top, column))
    for number, box in bounds.items():
        mean = sums[1, number] / sums[0, number] / 255 if sums[0, number] else 0.0
        yield VesselObject(number, box, first[number], float(mean))


def _around(one: Box, other: Box) -> Box:
    return Box.spanning(
        min(one.top, other.top),
        min(one.left, other.left),
        max(one.bottom, other.bottom),
        max(one.right, other.right),
    )


def _write(labels: Pyramid, cuts: Sequence[_Cut], numbers: Sequence[NDArray[np.uint32]]) -> None:
    """Put the new numbers into ``labels``, shard by shard."""
    for block in Lattice(labels.size, labels.shard_px):
        plane: NDArray[np.uint32] | None = None
        for cut, table in zip(cuts, numbers, strict=True):
            box = cut.parent.box.intersect(block.box)
            if box.is_empty:
                continue
            plane = labels.read(block.box) if plane is None else plane
            here = plane[box.within(block.box).slices]
            own = here == cut.parent.label
            here[own] = table[cut.numbers(box)[own]]
        if plane is not None:
            labels.write(block.box, plane)
