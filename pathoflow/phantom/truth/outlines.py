"""What is true of a planned slide, as outlines and as label grids at any resolution.

Everything comes from the outlines that were painted, nothing from pixels. A pixel belongs to an
outline when its centre lies inside. Asking about a box looks only at what lies in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon, make_valid, unary_union
from shapely.geometry.base import BaseGeometry

from pathoflow.phantom.plan.artefacts import ArtefactKind
from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.plan.vessel import ContentName, Ground, Vessel
from pathoflow.phantom.shapes.cells import Extent
from pathoflow.phantom.shapes.outline import WavyRing
from pathoflow.phantom.truth.raster import Stencil, draw_shape, polygons_in
from pathoflow.space import Box, Frame, from_xy, to_xy

#: Values of `Truth.content_labels`.
CONTENT_VALUES: dict[ContentName | Ground, int] = {
    "empty": 1,
    "red_cells": 2,
    "serum": 3,
    "leucocytes": 4,
    "hepatocytes": 5,
    "thrombus": 6,
    "tumour": 7,
    "fibrin": 8,
}
#: Values of `Truth.quality_labels`; wide ones come first, because where artefacts overlap
#: the higher value stands.
QUALITY_VALUES: dict[ArtefactKind, int] = {
    "stitch": 1,
    "blur": 2,
    "coverslip": 3,
    "pen": 4,
    "bubble": 5,
    "fold": 6,
    "dust": 7,
    "retraction": 8,
    "tear": 9,
    "dropout": 10,
}
#: Kinds that leave no tissue to see.
_HOLES: tuple[ArtefactKind, ...] = ("tear", "retraction", "dropout")
#: Outlines that are kept at hand; one takes some 12 kB.
_KEPT = 4096


class Truth:
    """Outlines and labels of a plan; polygons are in level-0 pixels, (x, y)."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._walls: dict[int, Polygon] = {}
        self._lumens: dict[int, Polygon] = {}

    def each_vessel(self) -> Iterator[Vessel]:
        """All vessels by index, one after the other, so that never all are held at once."""
        return (self.plan.tree.vessel(index) for index in range(len(self.plan.tree)))

    def polygon(self, ring: WavyRing) -> Polygon:
        """An outline as a valid polygon in level-0 pixels."""
        return Polygon(to_xy(ring.polygon_um() / self.plan.spec.mpp))

    def clipped(self, shape: BaseGeometry) -> BaseGeometry:
        """What of a shape lies in tissue."""
        return make_valid(shapely.intersection(shape, self.tissue))

    @cached_property
    def tissue(self) -> BaseGeometry:
        """All silhouettes, joined."""
        return unary_union([self.polygon(piece) for piece in self.plan.tissue.pieces])

    @cached_property
    def mass(self) -> BaseGeometry | None:
        """The main tumour as far as it lies in tissue, or None; distances are measured to it."""
        ring = self.plan.tissue.tumour
        return None if ring is None else self.clipped(self.polygon(ring))

    @cached_property
    def islands(self) -> tuple[Polygon, ...]:
        """Nests that infiltrate the liver beside the mass, as far as they lie in tissue."""
        return self._parts(self.plan.tissue.islands)

    @cached_property
    def satellites(self) -> tuple[Polygon, ...]:
        """Tumour nodules apart from the mass, as far as they lie in tissue."""
        return self._parts(self.plan.tissue.satellites)

    def _parts(self, rings: Iterable[WavyRing]) -> tuple[Polygon, ...]:
        return tuple(
            part for ring in rings for part in polygons_in(self.clipped(self.polygon(ring)))
        )

    @cached_property
    def tumour(self) -> BaseGeometry | None:
        """All tumour outside vessels: the mass, its islands and satellites; or None."""
        if self.mass is None:
            return None
        return unary_union([self.mass, *self.islands, *self.satellites])

    @cached_property
    def capsule(self) -> BaseGeometry | None:
        """The fibrous coat of the mass, as far as it lies in tissue; None where there is none."""
        ring, coat = self.plan.tissue.tumour, self.plan.tissue.capsule
        if ring is None or coat is None:
            return None
        outside = self.polygon(ring.inset(-coat.thickness_um))
        return self.clipped(make_valid(outside).difference(self.polygon(ring)))

    def wall(self, vessel: Vessel) -> Polygon:
        """The outer outline of a vessel; of a truncated one the largest part that is in tissue."""
        return self._kept(self._walls, vessel, vessel.outer)

    def lumen(self, vessel: Vessel) -> Polygon:
        """The inner outline of a vessel, cut as its wall is."""
        return self._kept(self._lumens, vessel, vessel.lumen)

    def _kept(self, cache: dict[int, Polygon], vessel: Vessel, ring: WavyRing) -> Polygon:
        if vessel.index not in cache:
            if len(cache) >= _KEPT:
                cache.clear()
            cache[vessel.index] = self._cut(vessel, ring)
        return cache[vessel.index]

    def _cut(self, vessel: Vessel, ring: WavyRing) -> Polygon:
        whole = self.polygon(ring)
        if not vessel.is_truncated:
            return whole
        parts = polygons_in(self.clipped(whole))
        return max(parts, key=lambda part: float(part.area), default=Polygon())

    @cached_property
    def walls(self) -> tuple[Polygon, ...]:
        """`wall` of every vessel, by index."""
        return tuple(self.wall(vessel) for vessel in self.each_vessel())

    @cached_property
    def lumens(self) -> tuple[Polygon, ...]:
        """`lumen` of every vessel, by index."""
        return tuple(self.lumen(vessel) for vessel in self.each_vessel())

    @cached_property
    def plugs(self) -> dict[int, BaseGeometry]:
        """The bodies of tumour cells in invaded vessels, by vessel index."""
        return {v.index: self.plug(v) for v in self.each_vessel() if v.is_mvi}

    def plug(self, vessel: Vessel) -> BaseGeometry:
        """The body of cells in a vessel, whatever they are; empty where there is none."""
        plug = vessel.contents.plug
        if plug is None:
            return MultiPolygon()
        bodies = unary_union([self.polygon(body) for body in plug.bodies])
        room = self.lumen(vessel).buffer(-plug.gap_um / self.plan.spec.mpp)
        return make_valid(shapely.intersection(bodies, room))

    @cached_property
    def artefacts(self) -> tuple[tuple[ArtefactKind, BaseGeometry], ...]:
        """Every artefact's kind and outline, torn holes and retraction slits among them."""
        mpp, tissue = self.plan.spec.mpp, self.plan.tissue
        found: list[tuple[ArtefactKind, BaseGeometry]] = [
            (planned.kind, shapely.transform(planned.polygon_um(), lambda xy: xy / mpp))
            for planned in self.plan.artefacts
        ]
        found += [("tear", self.polygon(cleft)) for cleft in tissue.clefts]
        for slit in tissue.retractions:
            rings = [Polygon(to_xy(outline / mpp)) for outline in slit.polygons_um()]
            found += [("retraction", self.clipped(make_valid(ring))) for ring in rings]
        return tuple(found)

    @cached_property
    def artefact_tree(self) -> shapely.STRtree:
        """Finds `artefacts` by place."""
        return shapely.STRtree([outline for _, outline in self.artefacts])

    def line_to_mass(self, vessel: Vessel) -> NDArray[np.float64] | None:
        """The shortest line from a wall to the mass: two rows of (y, x), on the wall first.

        None without a mass on the vessel's piece of tissue: a line over glass means nothing.
        """
        if self.mass is None or not self._shares_piece_with_mass(vessel):
            return None
        return from_xy(shapely.get_coordinates(shapely.shortest_line(self.wall(vessel), self.mass)))

    def distance_to_tumour_um(self, vessel: Vessel) -> float | None:
        """From the outer wall to the mass in µm, 0 inside; None where `line_to_mass` is."""
        line = self.line_to_mass(vessel)
        return None if line is None else float(np.hypot(*(line[1] - line[0]))) * self.plan.spec.mpp

    def _shares_piece_with_mass(self, vessel: Vessel) -> bool:
        return any(self.wall(vessel).intersects(piece) for piece in self._pieces_with_mass)

    @cached_property
    def _pieces_with_mass(self) -> list[Polygon]:
        mass = self.mass
        pieces = [piece for piece in polygons_in(self.tissue) if mass and piece.intersects(mass)]
        shapely.prepare(pieces)
        return pieces

    def vessel_labels(self, box: Box, frame: Frame) -> NDArray[np.uint32]:
        """Label ``box`` of ``frame``: vessel index + 1 inside its outer wall, else 0."""
        return self._draw(
            ((self.wall(v), v.index + 1) for v in self._vessels(box, frame)), box, frame
        )

    def lumen_labels(self, box: Box, frame: Frame) -> NDArray[np.uint32]:
        """Instances of lumens, numbered as `vessel_labels`."""
        return self._draw(
            ((self.lumen(v), v.index + 1) for v in self._vessels(box, frame)), box, frame
        )

    def content_labels(self, box: Box, frame: Frame) -> NDArray[np.uint32]:
        """What fills each pixel of a lumen, as `CONTENT_VALUES`: the body of cells, or its ground."""
        found: list[tuple[BaseGeometry, int]] = []
        for vessel in self._vessels(box, frame):
            inside = vessel.contents
            found.append((self.lumen(vessel), CONTENT_VALUES[inside.ground]))
            found.append((self.plug(vessel), CONTENT_VALUES[inside.name]))
        return self._draw(found, box, frame)

    def quality_labels(self, box: Box, frame: Frame) -> NDArray[np.uint32]:
        """Which artefact spoils each pixel, as `QUALITY_VALUES`."""
        return self._quality.draw(box, frame)

    def vessel_mask(self, box: Box, frame: Frame) -> NDArray[np.bool_]:
        """Where there is a vessel, wall and lumen."""
        return self.vessel_labels(box, frame) > 0

    def tissue_mask(self, box: Box, frame: Frame) -> NDArray[np.bool_]:
        """Where there is tissue; holes and lumens count as tissue."""
        return self._tissue.draw(box, frame) > 0

    def tumour_mask(self, box: Box, frame: Frame) -> NDArray[np.bool_]:
        """Where the tumour lies: mass, islands and satellites."""
        return self._tumour.draw(box, frame) > 0

    def mass_mask(self, box: Box, frame: Frame) -> NDArray[np.bool_]:
        """Where the main mass lies, vessels and holes in it included."""
        return self._mass.draw(box, frame) > 0

    def hole_mask(self, box: Box, frame: Frame) -> NDArray[np.bool_]:
        """Where nothing is left of the tissue: tears, slits of retraction, lost tiles."""
        return self._holes.draw(box, frame) > 0

    def capsule_mask(self, box: Box, frame: Frame) -> NDArray[np.bool_]:
        """Where the coat of the mass lies."""
        return self._capsule.draw(box, frame) > 0

    def plug_mask(self, box: Box, frame: Frame) -> NDArray[np.bool_]:
        """Where bodies of tumour cells lie in invaded vessels."""
        found = ((self.plug(v), 1) for v in self._vessels(box, frame) if v.is_mvi)
        return self._draw(found, box, frame) > 0

    def tumour_tissue_mask(self, box: Box, frame: Frame) -> NDArray[np.bool_]:
        """Tumour by its tissue: without vessels and torn holes, with the bodies in vessels."""
        found = self.tumour_mask(box, frame)
        if found.any():
            found &= ~self.vessel_mask(box, frame) & ~self.hole_mask(box, frame)
        return found | self.plug_mask(box, frame)

    def _vessels(self, box: Box, frame: Frame) -> list[Vessel]:
        """The vessels that may touch ``box`` of ``frame``; no other one is even realised."""
        mpp = self.plan.spec.mpp
        dy, dx = frame.scale_y * mpp, frame.scale_x * mpp
        extent = Extent(box.top * dy, box.left * dx, box.bottom * dy, box.right * dx)
        return self.plan.vessels_in(extent)

    @cached_property
    def _tissue(self) -> Stencil:
        return Stencil([(self.tissue, 1)])

    @cached_property
    def _tumour(self) -> Stencil:
        return Stencil([] if self.tumour is None else [(self.tumour, 1)])

    @cached_property
    def _mass(self) -> Stencil:
        return Stencil([] if self.mass is None else [(self.mass, 1)])

    @cached_property
    def _capsule(self) -> Stencil:
        return Stencil([] if self.capsule is None else [(self.capsule, 1)])

    @cached_property
    def _holes(self) -> Stencil:
        return Stencil([(outline, 1) for kind, outline in self.artefacts if kind in _HOLES])

    @cached_property
    def _quality(self) -> Stencil:
        found = [(outline, QUALITY_VALUES[kind]) for kind, outline in self.artefacts]
        return Stencil(sorted(found, key=lambda pair: pair[1]))

    def _draw(
        self, outlines: Iterable[tuple[BaseGeometry, int]], box: Box, frame: Frame
    ) -> NDArray[np.uint32]:
        canvas = np.zeros(box.size.shape, np.uint32)
        for outline, value in outlines:
            draw_shape(canvas, outline, value, box, frame)
        return canvas
