"""Where a vessel lies from the tumour, and how far from its edge.

The distance is the shortest straight line, in µm, from the vessel's outline to the border of the
nearest tumour **on the same piece of tissue**; 0 where the vessel touches or enters it. A line over bare
glass between two pieces means nothing and is never drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.evidence import Location
from pathoflow.space import Mpp, Point

#: How a distance was found; ``manual`` and ``block_site`` are a reader's, never made here.
DistMethod = Literal["auto", "manual", "block_site"]


@dataclass(frozen=True, slots=True)
class EdgeDistance:
    """A vessel's distance from the tumour, with the line that was measured.

    ``dist_edge_um`` is None where there is nothing to measure to; ``why_unknown`` then says why.
    """

    dist_edge_um: float | None
    vessel_point: Point | None
    """End of the line on the vessel, level-0 pixels."""
    tumour_point: Point | None
    """End of the line on the tumour, level-0 pixels."""
    tumour_index: int | None
    """Which of the given tumours it is."""
    method: DistMethod | None
    why_unknown: str = ""


@dataclass(frozen=True, slots=True)
class TumourSurroundings:
    """Tumours and tissue pieces of one slide, in level-0 pixels as (x, y), prepared once for many vessels.

    Holes are filled: a vein that the tumour grew around is inside it, and a lumen is part of its piece.
    """

    mpp: Mpp
    tumours_um: tuple[BaseGeometry, ...]
    """Every tumour, whole."""
    pieces_um: tuple[BaseGeometry, ...] | None
    """Pieces of tissue; None takes the slide as one piece."""
    on_piece_um: tuple[tuple[tuple[int, BaseGeometry], ...], ...]
    """Per piece, the tumours on it (by index) and what of each lies on it."""

    @classmethod
    def of(
        cls,
        tumours: Sequence[BaseGeometry],
        mpp: Mpp,
        pieces: Sequence[BaseGeometry] | None = None,
    ) -> TumourSurroundings:
        """Prepare outlines; without ``pieces`` the slide is taken as one piece."""
        tumours_um = tuple(_fill(_to_um(tumour, mpp)) for tumour in tumours)
        if pieces is None:
            return cls(mpp, tumours_um, None, (tuple(enumerate(tumours_um)),))
        pieces_um = tuple(_fill(_to_um(piece, mpp)) for piece in pieces)
        # A careless tumour outline may reach over the glass to the next piece, so each piece is
        # given only its own share.
        on_piece_um = tuple(
            tuple(
                (index, share)
                for index, share in enumerate(shapely.intersection(list(tumours_um), piece))
                if share.area > 0
            )
            for piece in pieces_um
        )
        return cls(mpp, tumours_um, pieces_um, on_piece_um)

    def measure(self, outline: BaseGeometry) -> EdgeDistance:
        """Distance of one vessel from the nearest tumour on its piece of tissue."""
        vessel_um = _fill(_to_um(outline, self.mpp))
        reachable, why = self._reachable_tumours(vessel_um)
        if not reachable:
            return EdgeDistance(None, None, None, None, None, why)
        distances = [float(shapely.distance(vessel_um, tumour)) for _, tumour in reachable]
        nearest = int(np.argmin(distances))
        index, tumour_um = reachable[nearest]
        line = shapely.get_coordinates(shapely.shortest_line(vessel_um, tumour_um))
        return EdgeDistance(
            distances[nearest],
            self._to_point(line[0]),
            self._to_point(line[1]),
            index,
            "auto",
        )

    def locate(
        self, outline: BaseGeometry, criteria: MviCriteria | None = None
    ) -> tuple[Location, EdgeDistance]:
        """Name where one vessel lies, together with its distance.

        Intratumoral: at least ``inside_fraction`` of it lies in the tumour, and all of it deeper than
        ``inside_depth_um`` below the border. Capsular: otherwise within ``capsule_um`` of the tumour.
        """
        criteria = criteria or MviCriteria()
        distance = self.measure(outline)
        if distance.dist_edge_um is None or distance.tumour_index is None:
            return Location.UNKNOWN, distance
        vessel_um = _fill(_to_um(outline, self.mpp))
        tumour_um = self.tumours_um[distance.tumour_index]
        inside = float(shapely.intersection(vessel_um, tumour_um).area)
        depth_um = float(shapely.distance(vessel_um, tumour_um.boundary))
        if (
            inside >= criteria.inside_fraction * vessel_um.area
            and depth_um > criteria.inside_depth_um
        ):
            return Location.INTRATUMORAL, distance
        if distance.dist_edge_um <= criteria.capsule_um:
            return Location.CAPSULAR, distance
        if distance.dist_edge_um <= criteria.near_um:
            return Location.PERITUMORAL_NEAR, distance
        return Location.PERITUMORAL_FAR, distance

    def _reachable_tumours(
        self, vessel_um: BaseGeometry
    ) -> tuple[tuple[tuple[int, BaseGeometry], ...], str]:
        """Tumours on the vessel's piece of tissue, else the reason why there is none."""
        if not self.tumours_um:
            return (), "no tumour on this slide"
        if self.pieces_um is None:
            return self.on_piece_um[0], ""
        overlaps = [float(shapely.intersection(vessel_um, p).area) for p in self.pieces_um]
        if not overlaps or max(overlaps) == 0:
            return (), "the vessel lies on no piece of tissue"
        reachable = self.on_piece_um[int(np.argmax(overlaps))]
        return reachable, "" if reachable else "no tumour on this piece"

    def _to_point(self, xy_um: NDArray[np.float64]) -> Point:
        return Point(float(xy_um[1]) / self.mpp.y, float(xy_um[0]) / self.mpp.x)


def measure_distance(
    outline: BaseGeometry,
    tumours: Sequence[BaseGeometry],
    mpp: Mpp,
    pieces: Sequence[BaseGeometry] | None = None,
) -> EdgeDistance:
    """Measure one vessel; for many vessels of a slide keep a `TumourSurroundings`."""
    return TumourSurroundings.of(tumours, mpp, pieces).measure(outline)


def _to_um(geometry: BaseGeometry, mpp: Mpp) -> BaseGeometry:
    """Level-0 pixels (x, y) to µm; the pixels may be longer than wide."""
    scale = np.array([mpp.x, mpp.y])
    return shapely.transform(shapely.make_valid(geometry), lambda xy: xy * scale)


def _fill(geometry: BaseGeometry) -> BaseGeometry:
    """The areas of a geometry, joined, without holes."""
    return shapely.union_all([Polygon(area.exterior) for area in _areas(geometry)])


def _areas(geometry: BaseGeometry) -> Iterator[Polygon]:
    if isinstance(geometry, Polygon):
        if not geometry.is_empty:
            yield geometry
        return
    # make_valid may leave stray lines and points beside the areas.
    if isinstance(geometry, MultiPolygon) or hasattr(geometry, "geoms"):
        for part in geometry.geoms:
            yield from _areas(part)
