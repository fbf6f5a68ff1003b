"""What lies around each vessel: stroma, bile ducts and other vessels in the same patch of stroma."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from shapely import STRtree

from pathoflow.space import Box, Frame, Mpp
from pathoflow.space.raster import box_around, paint_outlines
from pathoflow.vessels.measure import LumenPatch
from pathoflow.vessels.record import Vessel
from pathoflow.vessels.window import ClassMap, WindowReader, tile_order

#: Vessels and pixels meet over corners too.
_EIGHT = np.ones((3, 3), bool)
#: A pixel is of a class from a probability of one half on.
_HALF = 128


@dataclass(frozen=True, slots=True)
class SurroundingsSettings:
    """How far one looks; all our choice."""

    #: A companion lies at most this far from the vessel's outline. Vein, artery and duct of a tract lie side by side,
    #: while tracts are 0.5 to 1 mm apart (DOMAIN: 1 to 2.5 tracts per mm²).
    near_um: float = 100.0
    #: Width of the ring outside the outline in which stroma is looked for: collagen around small tracts is not wider.
    ring_um: float = 16.0
    #: Smaller specks of the duct map are no duct: a circle of 14 µm, where ducts begin at 20 µm.
    min_duct_um2: float = 150.0
    #: Pixels of one window; a vessel of 1.8 mm fits at 2 µm/px, a larger one is looked at on a coarser level.
    max_window_px: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What lies around one vessel; None where no map can tell."""

    #: Share of the ring outside the outline that is stroma, 0 to 1.
    stroma_share: float | None = None
    #: Bile ducts near and in the same patch of stroma.
    n_ducts: int | None = None
    #: Distance to the nearest of them, µm; None without any.
    duct_um: float | None = None
    #: Positions, in the list of all vessels, of those near and in the same patch of stroma.
    neighbours: tuple[int, ...] | None = None


@dataclass(frozen=True)
class _Planes:
    """The maps of one window; all have its shape."""

    own: NDArray[np.bool_]
    #: 0, or 1 + position of another vessel.
    others: NDArray[np.int32]
    stroma: NDArray[np.bool_] | None
    duct: NDArray[np.bool_] | None


class Neighbourhood:
    """Looks around all vessels of a slide, each map read tile by tile."""

    def __init__(
        self,
        vessels: Sequence[Vessel],
        maps: Mapping[str, ClassMap],
        slide_mpp: Mpp,
        settings: SurroundingsSettings,
    ) -> None:
        self._vessels, self._settings, self._slide_mpp = vessels, settings, slide_mpp
        self._readers = {
            name: WindowReader(maps[name].pyramid, maps[name].frame)
            for name in ("stroma", "duct", "lumen")
            if name in maps
        }
        self._tree = STRtree([vessel.outline for vessel in vessels])

    def look(self) -> Iterator[tuple[int, LumenPatch | None, Surroundings]]:
        """Position, map of lumens underneath and surroundings of every vessel, tile by tile of the maps."""
        if not self._readers:
            yield from ((at, None, Surroundings()) for at in range(len(self._vessels)))
            return
        base = next(iter(self._readers.values())).frame
        boxes = [box_around(vessel.outline, base) for vessel in self._vessels]
        for at in tile_order(boxes):
            frame = self._frame(boxes[at], base)
            yield at, self._patch(at, frame), self._around(at, frame)

    def _frame(self, box: Box, base: Frame) -> Frame:
        """The finest halving of ``base`` on which the vessel and what is near it fit into a window."""
        reach = 2 * self._settings.near_um / base.mpp(self._slide_mpp).mean
        frame, area = base, (box.height + reach) * (box.width + reach)
        while area > self._settings.max_window_px:
            frame, area = Frame(2 * frame.scale_y, 2 * frame.scale_x), area / 4
        return frame

    def _patch(self, at: int, frame: Frame) -> LumenPatch | None:
        if "lumen" not in self._readers:
            return None
        box = box_around(self._vessels[at].outline, frame).grow(1)
        return LumenPatch(self._readers["lumen"].read(box, frame), box, frame)

    def _around(self, at: int, frame: Frame) -> Surroundings:
        if not {"stroma", "duct"} & set(self._readers):
            return Surroundings()
        mpp = frame.mpp(self._slide_mpp)
        reach = int(np.ceil(self._settings.near_um / min(mpp.y, mpp.x))) + 1
        box = box_around(self._vessels[at].outline, frame).grow(reach)
        own = paint_outlines([self._vessels[at].outline], box, frame)
        if not own.any():
            return Surroundings()
        planes = _Planes(
            own,
            self._others(at, box, frame),
            self._class("stroma", box, frame),
            self._class("duct", box, frame),
        )
        distance_um = ndimage.distance_transform_edt(~own, sampling=(mpp.y, mpp.x))
        # From edge to edge, not from centre to centre.
        distance_um -= mpp.mean
        return _survey(planes, distance_um, mpp, self._settings)

    def _class(self, name: str, box: Box, frame: Frame) -> NDArray[np.bool_] | None:
        if name not in self._readers:
            return None
        return np.asarray(self._readers[name].read(box, frame) >= _HALF)

    def _others(self, at: int, box: Box, frame: Frame) -> NDArray[np.int32]:
        reach = self._settings.near_um / min(self._slide_mpp.y, self._slide_mpp.x)
        outline = self._vessels[at].outline
        plane = np.zeros(box.size.shape, np.int32)
        for other in sorted(self._tree.query(outline, "dwithin", reach).tolist()):
            if other != at:
                plane[paint_outlines([self._vessels[other].outline], box, frame)] = other + 1
        return plane


def _survey(
    planes: _Planes, distance_um: NDArray[np.float64], mpp: Mpp, settings: SurroundingsSettings
) -> Surroundings:
    if planes.stroma is None:
        # Ducts are companions only where stroma joins them with the vessel.
        return Surroundings()
    free = ~planes.own & (planes.others == 0)
    if planes.duct is not None:
        free &= ~planes.duct
    ring = free & (distance_um <= settings.ring_um)
    share = float(planes.stroma[ring].mean()) if ring.any() else None
    patch = _patch_of(planes, distance_um <= settings.near_um)
    neighbours = np.unique(planes.others[patch])
    n_ducts, duct_um = None, None
    if planes.duct is not None:
        n_ducts, duct_um = _ducts(
            planes.duct, patch, distance_um, settings.min_duct_um2 / mpp.pixel_area_um2
        )
    return Surroundings(share, n_ducts, duct_um, tuple(int(n) - 1 for n in neighbours if n))


def _patch_of(planes: _Planes, near: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The vessel and what near it is joined with it through stroma, ducts and walls of other vessels.

    One pixel more all around: between two classes there may be one that is neither.
    """
    assert planes.stroma is not None
    field = planes.stroma | (planes.others > 0)
    if planes.duct is not None:
        field |= planes.duct
    field = _grown(field & near) | planes.own
    numbered, count = ndimage.label(field & (near | planes.own), _EIGHT)
    is_joined = np.zeros(count + 1, bool)
    is_joined[numbered[planes.own]] = True
    return is_joined[numbered] & near


def _grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """One pixel more all around; four shifted copies are ten times as fast as a filter on so few pixels."""
    tall = mask.copy()
    tall[1:] |= mask[:-1]
    tall[:-1] |= mask[1:]
    wide = tall.copy()
    wide[:, 1:] |= tall[:, :-1]
    wide[:, :-1] |= tall[:, 1:]
    return wide


def _ducts(
    duct: NDArray[np.bool_],
    patch: NDArray[np.bool_],
    distance_um: NDArray[np.float64],
    min_px: float,
) -> tuple[int, float | None]:
    """Number of ducts that reach into ``patch``, and the distance to the nearest."""
    if not (duct & patch).any():
        return 0, None
    numbered, count = ndimage.label(duct, _EIGHT)
    areas = np.bincount(numbered.ravel(), minlength=count + 1)
    found = np.unique(numbered[patch & duct])
    found = found[areas[found] >= min_px]
    if not len(found):
        return 0, None
    return len(found), max(0.0, float(distance_um[np.isin(numbered, found) & patch].min()))
