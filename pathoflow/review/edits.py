"""From drawn outlines to measurements: area, shape, distance to the tumour, and which counts no longer hold.

The machine's answer in `result.json` and ``labels/vessels`` is never overwritten. What a reader draws lives in the journal
alone; measurements follow from it here, by the code that measured the machine's own outlines, and go into the decisions
of the case.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from shapely import Polygon

from pathoflow.mvi import (
    AddedVessel,
    CaseSlide,
    CaseVessel,
    EdgeDistance,
    MviCriteria,
    TumourSurroundings,
)
from pathoflow.review.reading import Material, Outline, Reading
from pathoflow.review.records import SlideRecord
from pathoflow.space import Mpp, Point
from pathoflow.space.geojson import polygon_of
from pathoflow.vessels import VesselShape, measure_vessel

#: A count holds as long as old and new outline share this much of what either covers.
KEEPS_COUNT = 0.9


@dataclass(frozen=True, slots=True)
class Measured:
    """One vessel as it was measured again."""

    slide: str
    #: Level-0 (x, y).
    outline: Polygon
    centroid: Point
    area_um2: float
    equivalent_diameter_um: float
    shape: VesselShape
    distance: EdgeDistance
    #: As grading sees it.
    seen: CaseVessel
    #: Whether its cells were counted inside another outline.
    needs_recount: bool


@dataclass(frozen=True)
class SlideEdits:
    """What a reader's drawing does to one slide."""

    remeasured: tuple[CaseVessel, ...] = ()
    added: tuple[AddedVessel, ...] = ()
    removed: frozenset[str] = frozenset()
    #: All drawn vessels, by id.
    measured: Mapping[str, Measured] = field(default_factory=dict)


@dataclass(frozen=True)
class Ground:
    """What vessels of one slide are measured against."""

    record: SlideRecord
    surroundings: TumourSurroundings
    numbers: tuple[int, ...]
    criteria: MviCriteria

    @classmethod
    def of(
        cls, record: SlideRecord, drawn: tuple[Outline, ...] | None, criteria: MviCriteria
    ) -> Ground:
        """The reader's tumour where it was drawn, else the machine's; the machine's pieces of tissue."""
        tumours = record.tumours if drawn is None else tuple(polygon_of(one) for one in drawn)
        pieces = record.pieces
        around = TumourSurroundings.of(tumours, record.mpp, list(pieces.values()) or None)
        return cls(record, around, tuple(pieces), criteria)

    def place(self, seen: CaseVessel, outline: Polygon) -> tuple[CaseVessel, EdgeDistance]:
        """A vessel at its place."""
        location, distance = self.surroundings.locate(outline, self.criteria)
        placed = replace(
            seen,
            location=location,
            dist_edge_um=distance.dist_edge_um,
            piece=self._piece(outline, seen.piece),
        )
        return placed, distance

    def _piece(self, outline: Polygon, known: int | None) -> int | None:
        pieces = self.record.pieces
        shared = {number: piece.intersection(outline).area for number, piece in pieces.items()}
        best = max(shared, key=lambda number: shared[number], default=None)
        return known if best is None or not shared[best] else best


def measure_edits(
    slide: CaseSlide,
    record: SlideRecord,
    reading: Reading,
    material: Material,
    criteria: MviCriteria,
) -> SlideEdits:
    """Measure what was drawn on one slide; nothing is read where nothing was drawn."""
    drawn = reading.outlines.get(slide.id, {})
    tumour = material.tumours.get(slide.id)
    if not drawn and tumour is None:
        return SlideEdits()
    ground = Ground.of(record, tumour, criteria)
    listed = {vessel.id: vessel for vessel in slide.vessels}
    known = listed | {name: CaseVessel.of_row(row, False) for name, row in record.rows.items() if name not in listed}  # fmt: skip
    measured = {
        name: _measure(name, polygon_of(outline), known, reading.parents, ground, slide.id)
        for name, outline in drawn.items()
        if outline is not None
    }
    moved = () if tumour is None else tuple(_moved(listed, drawn, ground))
    return SlideEdits(
        (*(one.seen for name, one in measured.items() if name in listed), *moved),
        tuple(AddedVessel(slide.id, one.seen) for name, one in measured.items() if name not in listed),
        frozenset(name for name, outline in drawn.items() if outline is None and name in listed),
        measured,
    )  # fmt: skip


def measure_outline(outline: Polygon, mpp: Mpp) -> tuple[float, float]:
    """Area in µm² and diameter in µm of the circle of the same area."""
    area_um2 = outline.area * mpp.pixel_area_um2
    return area_um2, 2 * math.sqrt(area_um2 / math.pi)


def _measure(
    name: str,
    outline: Polygon,
    known: Mapping[str, CaseVessel],
    parents: Mapping[str, tuple[str, ...]],
    ground: Ground,
    slide: str,
) -> Measured:
    record = ground.record
    seen, holds = known.get(name, CaseVessel(name)), False
    before = record.outline(name)
    if before is not None:
        holds = _overlap(before, outline) >= KEEPS_COUNT
    elif len(parents.get(name, ())) > 1:
        seen = _merged(name, [known[one] for one in parents[name] if one in known])
        holds = seen.n_cells is not None
    if not holds:
        seen = replace(seen, n_cells=None, n_cells_interval=None)
    placed, distance = ground.place(seen, outline)
    area_um2, diameter_um = measure_outline(outline, record.mpp)
    return Measured(
        slide,
        outline,
        Point(outline.centroid.y, outline.centroid.x),
        area_um2,
        diameter_um,
        measure_vessel(outline, record.lumen_under(outline), record.mpp),
        distance,
        placed,
        not holds,
    )


def _merged(name: str, parts: list[CaseVessel]) -> CaseVessel:
    """Two profiles in one outline: their cells together, where all were counted."""
    counts = [part.n_cells for part in parts if part.n_cells is not None]
    whole = CaseVessel(name, any(p.is_called for p in parts), _most([p.p_mvi for p in parts]))
    if not parts or len(counts) < len(parts):
        return whole
    spans = [p.n_cells_interval or (p.n_cells or 0, p.n_cells or 0) for p in parts]
    interval = (sum(low for low, _ in spans), sum(high for _, high in spans))
    has_interval = any(part.n_cells_interval for part in parts)
    first = parts[0]
    return replace(
        whole,
        kind=first.kind,
        muscular_wall=first.muscular_wall,
        n_cells=sum(counts),
        n_cells_interval=interval if has_interval else None,
    )


def _most(scores: list[float | None]) -> float | None:
    return max((score for score in scores if score is not None), default=None)


def _moved(
    listed: Mapping[str, CaseVessel], drawn: Mapping[str, Outline | None], ground: Ground
) -> Iterator[CaseVessel]:
    """Vessels that were not drawn, at their distance from a tumour that was."""
    for name, seen in listed.items():
        outline = ground.record.outline(name)
        if name not in drawn and outline is not None:
            yield ground.place(seen, outline)[0]


def _overlap(one: Polygon, other: Polygon) -> float:
    """Shared area over that of both."""
    shared = one.intersection(other).area
    return float(shared / (one.area + other.area - shared))
