"""What lies inside each vessel: the tumour map's word on it, and tumour cells counted at high power."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from pathoflow.cells import (
    Attachment,
    Box50,
    CellCount,
    CellCounter,
    NamedNuclei,
    NucleusClass,
    attachment_of,
    join_counts,
)
from pathoflow.cells.count import lies_inside
from pathoflow.errors import TileUnreadable
from pathoflow.loopnet import CellGrid, Opinion, VesselClassifier, cell_grid, join_grids
from pathoflow.pipeline.maps import Map
from pathoflow.pipeline.settings import CandidateSettings
from pathoflow.slide import Slide
from pathoflow.space import Box, Frame, Mpp, Size
from pathoflow.tissue import StainScale
from pathoflow.vessels import Vessel, box_around, paint_outlines, polygons_in

# Around a piece of a vessel, so that nuclei on the cut are seen whole: 16 µm at 0.5 µm/px.
_HALO_PX = 32
# What surrounds a vessel: a ring from beyond the outline's own uncertainty to as far as a wall and a row of cells.
_AROUND_UM = (2.0, 12.0)
# Endothelium lies within this of the outline, on either side: a wall's thickness, and what the outline is unsure of.
_LINING_UM, _BEYOND_UM = 12.0, 4.0
# Three to four carcinoma cells.
_FEW_CELLS_UM2 = 500.0


@dataclass(frozen=True, slots=True)
class LumenContent:
    """Evidence from inside one vessel."""

    #: The tumour map inside the vessel: the value that its most suspicious tenth, or few cells' area, exceeds, 0 to 1.
    tumour_probability: float
    #: Tumour cells with their interval; None where they were not counted.
    n_cells: int | None
    interval: tuple[int, int] | None
    #: Share of the lumen under tumour cells; where they were not counted, under the tumour map.
    tumour_fraction: float
    #: How the tumour cells lie; None without any.
    attachment: Attachment | None
    #: At most 50 of them, more, or undetermined; and who counted.
    box: Box50 | None = None
    method: str | None = None
    #: Calibrated log-odds of the vessel classifier, and what it says in words; None where it has not looked.
    classifier_odds: float | None = None
    classifier_reason: str | None = None
    #: Share of what surrounds the vessel that is tumour, and of the lumen's nuclei that are tumour cells'.
    tumour_around: float = 0.0
    tumour_cell_share: float | None = None
    #: Endothelial nuclei along the outline, per 100 µm of it; None where they are not told from others.
    lining_per_100_um: float | None = None


@dataclass(frozen=True)
class LumenReader:
    """Looks into vessels of one slide."""

    slide: Slide
    tumour: Map
    settings: CandidateSettings
    counter: CellCounter
    #: White and strength of stain of the slide; None where nuclei are too coarse to be counted.
    stain: StainScale | None
    #: Looks at the cells of a whole vessel; None where there is none.
    classifier: VesselClassifier | None = None

    def read_all(
        self, vessels: Sequence[Vessel], lumens: Sequence[Polygon | None], threads: int = 2
    ) -> Iterator[LumenContent]:
        """Contents of ``vessels``, in their order."""
        with ThreadPoolExecutor(threads, thread_name_prefix="cells") as pool:
            yield from pool.map(self.read, vessels, lumens)

    def read(self, vessel: Vessel, lumen: Polygon | None = None) -> LumenContent:
        """Contents of one vessel; nuclei are counted only where the tumour map is suspicious.

        ``lumen`` is its outline in level-0 pixels, (x, y); without it, the vessel less a wall.
        """
        lumen = lumen or _lumen(vessel, self.settings.wall_um, self.slide.mpp)
        probability, share = self._tumour_map(lumen)
        around = self._tumour_around(vessel.outline)
        if probability < self.settings.min_tumour_probability:
            nothing = 0 if self.stain else None
            return LumenContent(probability, nothing, None, 0.0, None, tumour_around=around)
        uncounted = LumenContent(probability, None, None, share, None, tumour_around=around)
        return self._count(vessel, lumen, uncounted) if self.stain else uncounted

    def _tumour_map(self, lumen: Polygon) -> tuple[float, float]:
        """What the lumen's most suspicious tenth exceeds, and the share of the lumen that is called tumour."""
        frame = self.tumour.frame
        box = box_around(lumen, frame).intersect(self.tumour.pyramid.size.box())
        values = (
            self.tumour.pyramid.read(box)[paint_outlines([lumen], box, frame)]
            if not box.is_empty
            else np.zeros(0)
        )
        if not len(values):
            return 0.0, 0.0
        threshold = self.tumour.network.card.threshold * 255
        # A tenth of the lumen, but no more than a few cells take: a small plug in a wide vein is suspicious too.
        few_px = round(_FEW_CELLS_UM2 / frame.mpp(self.slide.mpp).pixel_area_um2)
        rank = min(len(values) // 10, few_px)
        suspicious = float(np.sort(values)[-1 - rank]) / 255
        return suspicious, float(np.mean(values >= threshold))

    def _tumour_around(self, outline: Polygon) -> float:
        """Share of the ring round the vessel that is called tumour."""
        frame = self.tumour.frame
        near, far = (outline.buffer(um / self.slide.mpp.mean) for um in _AROUND_UM)
        box = box_around(far, frame).intersect(self.tumour.pyramid.size.box())
        if box.is_empty:
            return 0.0
        ring = paint_outlines([far], box, frame) & ~paint_outlines([near], box, frame)
        values = self.tumour.pyramid.read(box)[ring]
        threshold = self.tumour.network.card.threshold * 255
        return float(np.mean(values >= threshold)) if len(values) else 0.0

    def _count(self, vessel: Vessel, lumen: Polygon, uncounted: LumenContent) -> LumenContent:
        mpp = max(self.settings.cell_mpp, self.slide.mpp.mean)
        frame = Frame.at(mpp, self.slide.mpp)
        # Where nuclei are sought: in the lumen, and along the wall if endothelium can be told.
        sought: BaseGeometry = lumen
        if self.counter.tells_endothelium:
            sought = lumen.union(vessel.outline.buffer(_BEYOND_UM / self.slide.mpp.mean))
        whole = box_around(sought, frame)
        pieces: list[CellCount] = []
        grids: list[tuple[CellGrid, NDArray[np.float64]]] = []
        lining = 0
        for piece in whole.pieces(Size(self.settings.piece_px, self.settings.piece_px)):
            padded = piece.grow(_HALO_PX)
            inside, wanted = (_mask(one, piece, padded, frame) for one in (lumen, sought))
            if not wanted.any():
                continue
            try:
                pixels = self.slide.read(padded, mpp=mpp)
            except TileUnreadable:
                return uncounted
            every = self.counter.find(pixels, wanted, mpp, self.stain)
            lining += _along(every, vessel.outline, padded, frame, self.slide.mpp)
            nuclei = every.where(lies_inside(every.centres_px, inside))
            found = self.counter.count_found(nuclei, inside, mpp)
            pieces.append(found.moved(padded.top, padded.left))
            if self.classifier is not None:
                centres = nuclei.nucleated.centres_px
                grid = cell_grid(pixels, inside, mpp, centres, self.classifier.card.grid)
                grids.append((grid, centres + np.array([padded.top, padded.left])))
        if not pieces:
            return uncounted
        count = join_counts(pieces)
        opinion = self._ask(grids)
        fraction = min(1.0, count.tumour_fraction)
        centres = (count.centres_px + 0.5) * (frame.scale_y, frame.scale_x)
        return LumenContent(
            uncounted.tumour_probability,
            count.n,
            count.interval,
            fraction,
            attachment_of(centres, lumen, self.slide.mpp.mean, fraction),
            count.box,
            count.method,
            opinion.odds if opinion else None,
            opinion.reason if opinion else None,
            uncounted.tumour_around,
            _share_of_tumour_cells(count),
            self._per_100_um(lining, vessel),
        )

    def _per_100_um(self, n: int, vessel: Vessel) -> float | None:
        if not self.counter.tells_endothelium:
            return None
        return 100 * n / (vessel.outline.exterior.length * self.slide.mpp.mean)

    def _ask(self, grids: Sequence[tuple[CellGrid, NDArray[np.float64]]]) -> Opinion | None:
        """The classifier's opinion; asked about one vessel at a time, so that no other changes its last bits."""
        if self.classifier is None:
            return None
        whole = join_grids(grids, self.classifier.card.grid)
        n_nuclei = sum(len(centres) for _, centres in grids)
        return self.classifier.judge_grids([whole], [n_nuclei])[0]


def _mask(shape: BaseGeometry, piece: Box, padded: Box, frame: Frame) -> NDArray[np.bool_]:
    """``shape`` in ``piece``, on the pixels of ``padded``."""
    mask = np.zeros(padded.size.shape, bool)
    mask[piece.within(padded).slices] = paint_outlines(list(polygons_in(shape)), piece, frame)
    return mask


def _along(nuclei: NamedNuclei, outline: Polygon, crop: Box, frame: Frame, mpp: Mpp) -> int:
    """How many endothelial nuclei of a crop lie along the outline."""
    lining = nuclei.where(nuclei.classes == nuclei.order.index(NucleusClass.ENDOTHELIUM))
    y, x = (
        (lining.centres_px + np.array([crop.top, crop.left]) + 0.5) * (frame.scale_y, frame.scale_x)
    ).T
    distances = shapely.distance(outline.exterior, shapely.points(x, y)) * mpp.mean
    return int(np.count_nonzero(distances <= _LINING_UM))


def _share_of_tumour_cells(count: CellCount) -> float | None:
    """Of the nuclei of the lumen; red cells have none."""
    n = sum(found for name, found in count.classes.items() if name is not NucleusClass.RED_CELL)
    return min(1.0, count.n / n) if n else None


def _lumen(vessel: Vessel, wall_um: float, mpp: Mpp) -> Polygon:
    """The vessel without its wall; all of it where it is too thin for that."""
    inner = vessel.outline.buffer(-wall_um / mpp.mean)
    parts = list(polygons_in(inner))
    return Polygon(max(parts, key=lambda part: part.area).exterior) if parts else vessel.outline
