"""Drawing: brush, erase, polygon, merge, split, delete, new vessel; each writes one line of the journal."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import split as cut_by

from pathoflow.data.outlines import mended
from pathoflow.errors import ReviewRefused
from pathoflow.mvi import EdgeDistance
from pathoflow.review.core import ReviewCore
from pathoflow.review.edits import Ground
from pathoflow.review.entry import Entry
from pathoflow.review.parts import part_outline
from pathoflow.review.reading import Outline
from pathoflow.review.reading_actions import Draw
from pathoflow.review.words import Place
from pathoflow.space import to_xy
from pathoflow.space.geojson import polygon_json, polygon_of
from pathoflow.space.raster import polygons_in

#: Level-0 places (y, x), or a shape in level-0 (x, y).
Drawn = Sequence[Place] | BaseGeometry

#: Below this many level-0 pixels nothing is an outline.
_LEAST_PX2 = 4.0


class OutlineVerbs(ReviewCore):
    """Outlines are given as level-0 places (y, x) or as shapely shapes (x, y); errors are those of `act`."""

    def outline_of(self, vessel: str) -> tuple[str, Polygon]:
        """The slide and the present outline of a vessel, level-0 (x, y).

        Raises
        ------
        ReviewRefused
            There is no such vessel, or it was taken away.
        """
        for slide in self.case.slides:
            drawn = self.reading.outlines.get(slide.id, {})
            if vessel in drawn:
                found = drawn[vessel]
                if found is None:
                    raise ReviewRefused(f"vessel {vessel} was taken away; undo that first")
                return slide.id, polygon_of(found)
            outline = self.records[slide.id].outline(vessel)
            if outline is not None:
                return slide.id, outline
        raise ReviewRefused(f"{self.case.id} has no outline of a vessel {vessel}")

    def draw(self, slide: str, outline: Drawn, vessel: str = "", by: str = "") -> str:
        """Draw a new vessel, or with ``vessel`` replace its outline; a crossing line is mended.

        Returns
        -------
        str
            The vessel's id.

        Raises
        ------
        ReviewRefused
            Nothing with an area was drawn.
        """
        name = vessel or str(uuid.uuid4())
        self.act(Draw(slide, {name: as_outline(outline)}, {}), by)
        return name

    def add(self, vessel: str, by: str = "") -> Entry:
        """Put a vessel on the list that the machine outlined and did not list."""
        slide, outline = self.outline_of(vessel)
        return self.act(Draw(slide, {vessel: polygon_json(outline)}, {}), by)

    def brush(self, vessel: str, stroke: Drawn, width_px: float = 0, by: str = "") -> Entry:
        """Add a stroke to an outline: an area, or with a width a line as wide as that (level-0 pixels).

        Raises
        ------
        ReviewRefused
            The stroke does not touch the outline.
        """
        slide, before = self.outline_of(vessel)
        parts = list(polygons_in(before.union(as_shape(stroke, width_px))))
        if len(parts) > 1:
            raise ReviewRefused("the stroke does not touch the outline; draw a new vessel instead")
        return self.act(Draw(slide, {vessel: as_outline(parts[0])}, {}), by)

    def erase(self, vessel: str, stroke: Drawn, width_px: float = 0, by: str = "") -> Entry:
        """Take a stroke out of an outline; of several parts that remain the largest stays.

        Raises
        ------
        ReviewRefused
            Nothing would remain.
        """
        slide, before = self.outline_of(vessel)
        rest = before.difference(as_shape(stroke, width_px))
        if rest.area < _LEAST_PX2:
            raise ReviewRefused("nothing would remain of the outline; delete the vessel instead")
        return self.act(Draw(slide, {vessel: as_outline(rest)}, {}), by)

    def merge(self, first: str, second: str, by: str = "") -> str:
        """Two outlines are one vessel, which is given back; its verdict is open.

        Raises
        ------
        ReviewRefused
            They lie on two slides, or apart.
        """
        slide, one = self.outline_of(first)
        other_slide, other = self.outline_of(second)
        # Two outlines from pixels that touch may lie a fraction of a pixel of the map apart.
        gap_px = 4 / self.records[slide].mpp.mean
        if slide != other_slide or first == second or one.distance(other) > gap_px:
            raise ReviewRefused(
                "only two outlines of one slide that touch can be merged; draw one around both, or link them"
            )
        whole = one.union(other)
        if len(list(polygons_in(whole))) > 1:
            whole = whole.buffer(gap_px).buffer(-gap_px)
        name = str(uuid.uuid4())
        made: Mapping[str, Outline | None] = {first: None, second: None, name: as_outline(whole)}
        self.act(Draw(slide, made, {name: (first, second)}), by)
        return name

    def split(self, vessel: str, line: Sequence[Place] = (), by: str = "") -> tuple[str, ...]:
        """Part a vessel along a line, or without one where lumina or a neck say; verdicts of the parts are open.

        Returns
        -------
        tuple of str
            The parts, the largest first.

        Raises
        ------
        ReviewRefused
            The line does not cross it, or it looks like one vessel.
        """
        slide, before = self.outline_of(vessel)
        if line:
            cut = LineString(to_xy(np.asarray(line, float)))
            parts = [part for part in polygons_in(cut_by(before, cut)) if part.area >= _LEAST_PX2]
        else:
            parts = part_outline(before, self.records[slide])
        if len(parts) < 2:
            raise ReviewRefused(
                "the line does not cross the outline"
                if line
                else "it looks like one vessel; draw the line along which to part it"
            )
        parts.sort(key=lambda part: -part.area)
        names = tuple(str(uuid.uuid4()) for _ in parts)
        made: dict[str, Outline | None] = {vessel: None}
        made |= {name: as_outline(part) for name, part in zip(names, parts, strict=True)}
        self.act(Draw(slide, made, dict.fromkeys(names, (vessel,))), by)
        return names

    def delete(self, vessel: str, by: str = "") -> Entry:
        """Take an outline away: nothing is there. To say that it is not invaded, reject it."""
        slide, _ = self.outline_of(vessel)
        return self.act(Draw(slide, {vessel: None}, {}), by)

    def distance(self, vessel: str) -> EdgeDistance:
        """The shortest line from a vessel to the tumour on its piece of tissue, as outlines are now."""
        slide, outline = self.outline_of(vessel)
        tumour = self._state.material.tumours.get(slide)
        ground = Ground.of(self.records[slide], tumour, self.case.criteria)
        return ground.surroundings.measure(outline)


def as_shape(drawn: Drawn, width_px: float = 0) -> BaseGeometry:
    """What was drawn as a valid shape in level-0 (x, y); with a width, as wide a line.

    Raises
    ------
    ReviewRefused
        It has no area.
    """
    if not isinstance(drawn, BaseGeometry):
        xy = to_xy(np.asarray(drawn, float).reshape(-1, 2))
        is_area = width_px <= 0
        if len(xy) < (3 if is_area else 1):
            raise ReviewRefused(f"an outline needs three places, got {len(xy)}")
        line = shapely.Point(xy[0]) if len(xy) == 1 else LineString(xy)
        drawn = Polygon(xy) if is_area else line.buffer(width_px / 2)
    found = mended(drawn)
    if found.area < _LEAST_PX2:
        raise ReviewRefused("what was drawn has no area")
    return found


def as_outline(drawn: Drawn) -> Outline:
    """What was drawn as one outline: its largest part, without holes.

    Raises
    ------
    ReviewRefused
        It has no area.
    """
    largest = max(polygons_in(as_shape(drawn)), key=lambda part: part.area)
    rounded = shapely.set_precision(Polygon(largest.exterior), 0.01)
    return polygon_json(max(polygons_in(rounded), key=lambda part: part.area))
