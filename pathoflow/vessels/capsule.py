"""Which vessels lie in the tumour's capsule: stroma that runs along the tumour's border."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely import Polygon

from pathoflow.space import Box, Frame, Mpp, Size, from_xy
from pathoflow.space.raster import polygons_in
from pathoflow.vessels.region import Region
from pathoflow.vessels.window import ClassMap, WindowReader

#: Stroma from a probability of one half on; at a coarse level that is half of the pixel.
_HALF = 128


@dataclass(frozen=True, slots=True)
class CapsuleSettings:
    """What counts as lying in the capsule; all our choice but the first."""

    #: Capsules are 100 to 800 µm thick (DOMAIN §7.1), so a vessel in one lies no further from the tumour.
    reach_um: float = 800.0
    #: Level on which stroma is looked up.
    working_mpp: float = 8.0
    #: Stroma is looked for this far outside the border, where the border's own smoothing (24 µm) has ended.
    offset_um: float = 32.0
    #: The border is looked at this far to both sides of the place nearest to the vessel: a tract that only touches the
    #: tumour is seldom twice as wide.
    along_um: float = 250.0
    #: Share of the places along the border that must be stroma.
    border_share: float = 0.6
    #: Share of the way from the vessel to the tumour that must be stroma.
    way_share: float = 0.7


class Capsule:
    """The stroma around the tumours of a slide."""

    def __init__(
        self, stroma: ClassMap, tumours: Sequence[Region], slide_mpp: Mpp, settings: CapsuleSettings
    ) -> None:
        self._settings, self._mpp = settings, slide_mpp
        self._tumours = [region.outline for region in tumours]
        self._tree = shapely.STRtree(self._tumours)
        base = stroma.frame.mpp(slide_mpp).mean
        step = 2.0 ** max(0, round(np.log2(settings.working_mpp / base)))
        self._frame = Frame(stroma.frame.scale_y * step, stroma.frame.scale_x * step)
        self._stroma = WindowReader(stroma.pyramid, stroma.frame)
        places = self._border_places()
        self._border = cKDTree(places) if len(places) else None
        self._is_stroma = self._look_up(places)

    def holds(self, outlines: Sequence[Polygon]) -> list[bool]:
        """Whether each outline (level-0 (x, y)) lies in the capsule of the nearest tumour."""
        if self._border is None:
            return [False] * len(outlines)
        return [self._holds(outline) for outline in outlines]

    def _holds(self, outline: Polygon) -> bool:
        reach_px = self._settings.reach_um / self._mpp.mean
        at = self._tree.query_nearest(outline, max_distance=reach_px, all_matches=False)
        if not len(at):
            return False
        tumour = self._tumours[int(at[0])]
        if tumour.contains(outline.centroid):
            return False
        way = shapely.shortest_line(outline, tumour)
        places = from_xy(shapely.get_coordinates(way))
        assert self._border is not None
        near = self._border.query_ball_point(
            places[1] * (self._mpp.y, self._mpp.x),
            self._settings.along_um + self._settings.offset_um,
        )
        if not near or self._is_stroma[near].mean() < self._settings.border_share:
            return False
        steps = max(2, int(np.ceil(way.length * self._mpp.mean / self._settings.working_mpp)))
        along = np.linspace(places[0], places[1], steps) * (self._mpp.y, self._mpp.x)
        if way.length * self._mpp.mean < 2 * self._settings.working_mpp:
            return True
        return bool(self._look_up(along).mean() >= self._settings.way_share)

    def _border_places(self) -> NDArray[np.float64]:
        """Places a little outside the tumours, (y, x) in µm, one per working pixel or two."""
        found = [np.zeros((0, 2))]
        step = 2 * self._settings.working_mpp
        for tumour in self._tumours:
            outside = tumour.buffer(self._settings.offset_um / self._mpp.mean)
            for part in polygons_in(outside):
                number = max(8, int(part.exterior.length * self._mpp.mean / step))
                points = shapely.line_interpolate_point(
                    part.exterior, np.arange(number) / number, normalized=True
                )
                found.append(from_xy(shapely.get_coordinates(points)) * (self._mpp.y, self._mpp.x))
        return np.concatenate(found)

    def _look_up(self, places_um: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether there is stroma at places (y, x), µm."""
        if not len(places_um):
            return np.zeros(0, bool)
        mpp = self._frame.mpp(self._mpp)
        at = np.floor(places_um / (mpp.y, mpp.x)).astype(np.int64)
        found = np.zeros(len(at), bool)
        side = 1024
        tiles = at // side
        for row, column in np.unique(tiles, axis=0).tolist():
            here = (tiles == (row, column)).all(1)
            box = Box(row * side, column * side, *Size(side, side).shape)
            tile = self._stroma.read(box, self._frame)
            inside = at[here] - (box.top, box.left)
            found[here] = tile[inside[:, 0], inside[:, 1]] >= _HALF
        return found
