"""Drawn outlines as pixels: ``labels/vessels_reviewed`` beside the machine's ``labels/vessels``, which never changes.

Every pixel follows from the machine's label there and from the drawn outlines over it, in the order of their numbers. So
an edit repaints a box around what changed and what lies over it on the coarser levels, and gives the same pixels as
painting all of it anew. Which drawing the labels show is noted with them; where that is not the present one (a crash in
between, another reader), all is painted anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from pathoflow.review.plain import canonical
from pathoflow.review.reading import Outline
from pathoflow.review.records import Records, SlideRecord, frame_of
from pathoflow.review.state import ReviewState
from pathoflow.space import Box, Frame, Size
from pathoflow.space.geojson import polygon_of
from pathoflow.space.raster import box_around, paint_outlines
from pathoflow.store import Label, Pyramid, PyramidSpec, create_pyramid, open_pyramid
from pathoflow.store.label_notes import label_ids, read_note, write_note

MACHINE = "labels/vessels"
REVIEWED = "labels/vessels_reviewed"
#: Drawn outlines and the machine's own (red, green, blue, opacity), told apart by colour-blind eyes too.
_DRAWN, _MACHINE = (0, 158, 115, 255), (0, 114, 178, 255)

Drawn = Mapping[str, Outline | None]


@dataclass(frozen=True)
class Painter:
    """What the pixels of one slide follow from."""

    machine: Pyramid
    frame: Frame
    #: Numbers of the machine's vessels that were drawn anew or taken away.
    gone: NDArray[np.uint32]
    #: By vessel, of all that are shown.
    numbers: Mapping[str, int]
    #: Number and outline (level-0 (x, y)) of every drawn vessel, by rising number.
    shapes: tuple[tuple[int, BaseGeometry], ...]

    @classmethod
    def of(cls, record: SlideRecord, drawn: Drawn, order: Iterable[str]) -> Painter:
        """The painter of one drawing; ``order`` holds all ids that were ever drawn."""
        machine = open_pyramid(record.folder.analysis, MACHINE)
        numbers = label_numbers(machine, order)
        shapes = sorted(
            (numbers[name], polygon_of(outline)) for name, outline in drawn.items() if outline is not None
        )  # fmt: skip
        gone = np.array([numbers[name] for name in drawn], np.uint32)
        shown = {name: n for name, n in numbers.items() if drawn.get(name, name in record.rows)}
        return cls(machine, frame_of(machine, 0, record.mpp), gone, shown, tuple(shapes))

    def paint(self, box: Box) -> NDArray[np.uint32]:
        """The labels of ``box`` of level 0."""
        plane = self.machine.read(box)
        plane[np.isin(plane, self.gone)] = 0
        for number, outline in self.shapes:
            if not box_around(outline, self.frame).intersect(box).is_empty:
                plane[paint_outlines([outline], box, self.frame)] = number
        return np.asarray(plane, np.uint32)


def label_numbers(machine: Pyramid, drawn: Iterable[str]) -> dict[str, int]:
    """The value of every vessel in the reviewed labels: the machine's own, then new ones in the order of drawing."""
    numbers = label_ids(machine)
    last = max(numbers.values(), default=0)
    for name in drawn:
        if name not in numbers:
            last = numbers[name] = last + 1
    return numbers


def repaint_changed(before: Mapping[str, Drawn], state: ReviewState, records: Records) -> None:
    """Bring the labels of every slide up to date whose drawing is no longer the one of ``before``."""
    after = state.current.outlines
    for slide in dict.fromkeys([*before, *after]):
        old, new = before.get(slide, {}), after.get(slide, {})
        if old is not new and old != new:
            paint_slide(records[slide], old, new, tuple(state.drawn))


def paint_slide(record: SlideRecord, old: Drawn, new: Drawn, order: Iterable[str]) -> None:
    """Paint one slide: only around what differs from ``old`` where the labels show that, else all of it."""
    if MACHINE not in record.pyramids:
        return
    order = tuple(order)
    painter = Painter.of(record, new, order)
    labels = _reviewed(painter.machine)
    if read_note(labels) == _mark(old, order):
        box = _changed_box(record, old, new, painter.frame).intersect(labels.size.box())
    else:
        box = labels.size.box()
    drawn = {number for number, _ in painter.shapes}
    # This takes the note away: whatever stops the painting, the next one begins anew.
    labels.describe_labels(
        [
            Label(number, _DRAWN if number in drawn else _MACHINE, {"uuid": name})
            for name, number in painter.numbers.items()
        ]
    )
    _paint_box(labels, painter, box)
    write_note(labels, _mark(new, order))


def _paint_box(labels: Pyramid, painter: Painter, box: Box) -> None:
    side = labels.shard_px
    for piece in box.pieces(Size(side, side)):
        labels.repaint(piece, painter.paint(piece))
    labels.rebuild_levels(box)


def _reviewed(machine: Pyramid) -> Pyramid:
    """The reviewed labels, as large as the machine's; made where they are missing."""
    first = machine.levels[0]
    spec = PyramidSpec(
        "uint32",
        first.mpp,
        first.translation_um,
        len(machine.levels),
        chunk_px=machine.arrays[0].chunks[-1],
        shard_px=machine.shard_px,
    )
    return create_pyramid(machine.root, REVIEWED, machine.size, spec)


def _changed_box(record: SlideRecord, old: Drawn, new: Drawn, frame: Frame) -> Box:
    """The box of level 0 around everything that one drawing shows and the other does not."""
    missing = object()
    changed = [
        outline
        for name in {*old, *new}
        if old.get(name, missing) != new.get(name, missing)
        for outline in (old.get(name), new.get(name), _json(record, name))
        if outline is not None
    ]
    if not changed:
        return Box(0, 0, 0, 0)
    return box_around(shapely.union_all([polygon_of(one).envelope for one in changed]), frame).grow(
        1
    )


def _json(record: SlideRecord, name: str) -> Outline | None:
    row = record.rows.get(name)
    return None if row is None else row["outline"]


def _mark(drawn: Drawn, order: tuple[str, ...]) -> str:
    """By what a drawing is known; the order gives the numbers."""
    text = canonical(
        [{name: drawn[name] for name in sorted(drawn)}, [n for n in order if n in drawn]]
    )
    return hashlib.sha256(text.encode()).hexdigest()
