"""What is true of a planned slide, as outlines and as label grids at any resolution.

Everything comes from the outlines that were painted, nothing from pixels. A pixel belongs to an
outline when its centre lies inside.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon, intersection, make_valid, unary_union
from shapely.geometry.base import BaseGeometry

from pathoflow.phantom.plan.slide import Plan
from pathoflow.phantom.plan.vessel import Vessel
from pathoflow.phantom.shapes.outline import WavyRing
from pathoflow.phantom.truth.raster import draw_shape
from pathoflow.space import Box, Frame, to_xy


class Truth:
    """Outlines and labels of a plan; polygons are in level-0 pixels, (x, y)."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def polygon(self, ring: WavyRing) -> Polygon:
        """An outline as a valid polygon in level-0 pixels."""
        return Polygon(to_xy(ring.polygon_um() / self.plan.spec.mpp))

    @cached_property
    def tissue(self) -> BaseGeometry:
        """All silhouettes, joined."""
        return unary_union([self.polygon(piece) for piece in self.plan.tissue.pieces])

    @cached_property
    def tumour(self) -> BaseGeometry | None:
        """The tumour mass as far as it lies in tissue, or None."""
        if self.plan.tissue.tumour is None:
            return None
        return make_valid(intersection(self.polygon(self.plan.tissue.tumour), self.tissue))

    @cached_property
    def walls(self) -> tuple[Polygon, ...]:
        """The outer outline of every vessel, by index."""
        return tuple(self.polygon(vessel.outer) for vessel in self.plan.vessels)

    @cached_property
    def lumens(self) -> tuple[Polygon, ...]:
        """The inner outline of every vessel, by index."""
        return tuple(self.polygon(vessel.lumen) for vessel in self.plan.vessels)

    @cached_property
    def plugs(self) -> dict[int, BaseGeometry]:
        """The bodies of tumour cells in vessels, by vessel index."""
        return {v.index: self._plug(v) for v in self.plan.vessels if v.is_mvi}

    def _plug(self, vessel: Vessel) -> BaseGeometry:
        plug = vessel.contents.plug
        if plug is None:
            return MultiPolygon()
        body = self.polygon(plug.body)
        room = self.lumens[vessel.index].buffer(-plug.gap_um / self.plan.spec.mpp)
        return make_valid(intersection(body, room))

    def distance_to_tumour_um(self, vessel: Vessel) -> float | None:
        """From the outer wall to the tumour's outline in µm; None without a tumour."""
        if self.tumour is None or self.tumour.is_empty:
            return None
        return float(self.walls[vessel.index].distance(self.tumour)) * self.plan.spec.mpp

    def vessel_labels(self, box: Box, frame: Frame) -> NDArray[np.uint32]:
        """Label ``box`` of ``frame``: vessel index + 1 inside its outer wall, else 0."""
        return self._labels(self.walls, box, frame)

    def lumen_labels(self, box: Box, frame: Frame) -> NDArray[np.uint32]:
        """Instances of lumens, numbered as `vessel_labels`."""
        return self._labels(self.lumens, box, frame)

    def vessel_mask(self, box: Box, frame: Frame) -> NDArray[np.bool_]:
        """Where there is a vessel, wall and lumen."""
        return self.vessel_labels(box, frame) > 0

    def tissue_mask(self, box: Box, frame: Frame) -> NDArray[np.bool_]:
        """Where there is tissue; holes and lumens count as tissue."""
        return self._mask(self.tissue, box, frame)

    def tumour_mask(self, box: Box, frame: Frame) -> NDArray[np.bool_]:
        """Where the tumour mass lies."""
        return self._mask(self.tumour, box, frame)

    def plug_mask(self, box: Box, frame: Frame) -> NDArray[np.bool_]:
        """Where bodies of tumour cells lie in vessels."""
        return self._mask(unary_union(list(self.plugs.values())), box, frame)

    def tumour_tissue_mask(self, box: Box, frame: Frame) -> NDArray[np.bool_]:
        """Tumour by its tissue: the mass less vessels and torn holes, plus the bodies in vessels."""
        found = self.tumour_mask(box, frame) & ~self.vessel_mask(box, frame)
        if found.any() and self.plan.tissue.clefts:
            holes = unary_union([self.polygon(cleft) for cleft in self.plan.tissue.clefts])
            found &= ~self._mask(holes, box, frame)
        return found | self.plug_mask(box, frame)

    def _labels(self, shapes: tuple[Polygon, ...], box: Box, frame: Frame) -> NDArray[np.uint32]:
        canvas = np.zeros(box.size.shape, np.uint32)
        for index, shape in enumerate(shapes):
            draw_shape(canvas, shape, index + 1, box, frame)
        return canvas

    def _mask(self, shape: BaseGeometry | None, box: Box, frame: Frame) -> NDArray[np.bool_]:
        canvas = np.zeros(box.size.shape, np.uint32)
        if shape is not None:
            draw_shape(canvas, shape, 1, box, frame)
        return canvas > 0
