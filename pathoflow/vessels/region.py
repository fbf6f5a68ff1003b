"""Large regions of a probability map, such as the tumour mass, traced on a coarse level of its pyramid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from shapely import Polygon

from pathoflow.space import Box, Frame, Mpp
from pathoflow.space.raster import paint_outlines
from pathoflow.store import Pyramid
from pathoflow.tiles import Lattice
from pathoflow.tissue import bands, count_labels, look_up
from pathoflow.vessels.trace import trace_mask


@dataclass(frozen=True, slots=True)
class RegionSettings:
    """What counts as a region; everything smaller is left to the vessels."""

    threshold: float = 0.5
    #: Regions are traced near this µm per pixel: 15 x 15 mm are 3.5 megapixels.
    trace_mpp: float = 8.0
    #: Radius of the smoothing that joins trabeculae and cuts bridges.
    smooth_um: float = 24.0
    #: Below this a region is no mass: 0.3 mm² is a circle of 0.6 mm.
    min_area_um2: float = 300_000.0
    #: Holes up to this size (vessels, necrosis, clefts) belong to the region.
    max_hole_um2: float = 500_000.0


@dataclass(frozen=True, slots=True)
class Region:
    """One connected region."""

    #: Level-0 pixels, (x, y), without holes.
    outline: Polygon
    area_um2: float
    mean_probability: float


def trace_regions(
    probability: Pyramid,
    frame: Frame,
    slide_mpp: Mpp,
    settings: RegionSettings,
    leave_out: Sequence[Polygon] = (),
) -> list[Region]:
    """Regions of ``probability`` (level 0 lies on ``frame``), largest first.

    Pixels inside ``leave_out`` (vessel outlines, level-0 (x, y)) do not count, so that a plug of tumour in a vein far
    from the mass never becomes a mass of its own.
    """
    base = frame.mpp(slide_mpp).mean
    level = min(len(probability.levels) - 1, max(0, round(np.log2(settings.trace_mpp / base))))
    coarse = Frame(frame.scale_y * 2**level, frame.scale_x * 2**level)
    plane = probability.read(probability.levels[level].size.box(), level)
    pixel_um = coarse.mpp(slide_mpp).mean
    pixel_um2 = pixel_um**2
    mask = _is_massive(
        plane,
        paint_outlines(leave_out, Box(0, 0, *plane.shape), coarse),
        settings.smooth_um / pixel_um / 2,
        settings.threshold,
    )
    mask = _filled(mask, settings.max_hole_um2 / pixel_um2)
    mask = _parts_from(mask, settings.min_area_um2 / pixel_um2)
    regions = []
    numbered, _ = ndimage.label(mask)
    for number, where in enumerate(ndimage.find_objects(numbered), start=1):
        rows, columns = where
        own = numbered[where] == number
        box = Box.spanning(rows.start, columns.start, rows.stop, columns.stop)
        outline = trace_mask(own, box, coarse)
        if outline is not None:
            regions.append(
                Region(
                    outline,
                    outline.area * slide_mpp.pixel_area_um2,
                    float(plane[where][own].mean()) / 255,
                )
            )
    return sorted(regions, key=lambda region: -region.area_um2)


def _is_massive(
    plane: NDArray[np.uint8], blocked: NDArray[np.bool_], sigma_px: float, threshold: float
) -> NDArray[np.bool_]:
    """Where the smoothed ``plane`` reaches ``threshold`` of 255; what is ``blocked`` has no say.

    Band by band, with as many rows around each as the smoothing looks at: whole planes of four bytes a pixel would be
    what a run of a large slide needs most memory for.
    """
    reach = int(4 * sigma_px + 0.5)
    massive = np.empty(plane.shape, bool)
    for rows in bands(plane.shape):
        top = max(0, rows.start - reach)
        around = slice(top, rows.stop + reach)
        free = ~blocked[around]
        smooth = ndimage.gaussian_filter(
            np.where(free, plane[around], 0).astype(np.float32) / 255, sigma_px
        )
        # Vessels cut holes into a mass around them; dividing by the smoothed rest closes them again.
        weight = ndimage.gaussian_filter(free.astype(np.float32), sigma_px)
        found = (smooth >= threshold * np.maximum(weight, 0.25)) & (weight > 0.05)
        massive[rows] = found[rows.start - top : rows.stop - top]
    return massive


def _filled(mask: NDArray[np.bool_], area_px: float) -> NDArray[np.bool_]:
    """``mask`` with those of its holes that have less than ``area_px`` pixels.

    Only what the mass encloses is a hole: a corner of the slide that it cuts off, or a small slide without any, is not.
    """
    numbered, count = ndimage.label(~mask)
    is_filled = count_labels(numbered, count) < area_px
    for edge in (numbered[0], numbered[-1], numbered[:, 0], numbered[:, -1]):
        is_filled[edge] = False
    is_filled[0] = True  # the mask itself
    return look_up(is_filled, numbered)


def _parts_from(mask: NDArray[np.bool_], area_px: float) -> NDArray[np.bool_]:
    """The 4-connected parts of ``mask`` that have at least ``area_px`` pixels."""
    numbered, count = ndimage.label(mask)
    large = count_labels(numbered, count) >= area_px
    large[0] = False
    return look_up(large, numbered)


def paint_regions(regions: Sequence[Region], labels: Pyramid, frame: Frame, block_px: int) -> None:
    """Fill ``labels`` (level 0 lies on ``frame``) with 1, 2, ... for the regions in order."""
    for block in Lattice(labels.size, block_px):
        plane = np.zeros(block.box.size.shape, np.uint32)
        for number, region in enumerate(regions, start=1):
            plane[paint_outlines([region.outline], block.box, frame)] = number
        if plane.any():
            labels.write(block.box, plane)
