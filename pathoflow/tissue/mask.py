"""Overview pixels to a tissue mask, its pieces and their outlines.

Stained tissue is coloured, glass, dust and shadows are grey: what counts is the spread between the densities of the three
channels, not darkness. Lumina, fat and small tears inside the tissue are filled, because a vein belongs to its section.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi
from shapely.geometry import MultiPolygon, Polygon

from pathoflow.space import Box, Frame, Mpp
from pathoflow.tissue.density import brightest, darkest, estimate_white, optical_density
from pathoflow.tissue.outline import trace_outline
from pathoflow.tissue.planes import bands, count_labels, look_up


@dataclass(frozen=True, slots=True)
class TissueSettings:
    """How tissue is told from glass; every field carries its reason."""

    #: 8 µm/px shows vessels of 25 µm as holes and keeps a 25 x 25 mm section at 10 megapixels.
    working_mpp: float = 8.0
    #: Spread of density between channels below which a pixel is glass: scanner and JPEG noise stay under 0.015,
    #: the palest portal stroma (cE = 0.10) reaches 0.06.
    min_chroma: float = 0.03
    #: Otsu may not rise above this, or dark tumour would push pale stroma out.
    max_chroma: float = 0.06
    #: Averaged over this distance before the threshold, one pixel at working power.
    smoothing_um: float = 8.0
    #: Gaps closed before holes are looked for: cracks that open a lumen to the outside.
    closing_um: float = 24.0
    #: Pieces below 0.05 mm² (a quarter of a millimetre across) are specks.
    min_piece_um2: float = 50_000.0
    #: Every hole up to a vein of 1.5 mm across is filled.
    max_hole_diameter_um: float = 1_500.0
    #: Rounded holes (solidity of at least `min_hole_solidity`) are large veins up to this size, not tears.
    max_round_hole_diameter_um: float = 3_500.0
    min_hole_solidity: float = 0.8


@dataclass(frozen=True, slots=True)
class TissuePiece:
    """One connected piece of tissue."""

    #: 1, 2, ... from the largest to the smallest.
    number: int
    #: Area including filled lumina, µm².
    area_um2: float
    #: Outline with holes, in level-0 pixels, (x, y).
    outline: Polygon | MultiPolygon


@dataclass(frozen=True)
class TissueMask:
    """Where the tissue is, at low power.

    Attributes
    ----------
    pixels
        True on tissue, shape ``(h, w)``.
    frame
        Grid of ``pixels``, anchored at the slide's origin.
    slide_mpp
        Micrometres per level-0 pixel.
    """

    pixels: NDArray[np.bool_]
    frame: Frame
    slide_mpp: Mpp

    @property
    def mpp(self) -> Mpp:
        """Micrometres per pixel of the mask."""
        return self.frame.mpp(self.slide_mpp)

    @property
    def area_um2(self) -> float:
        """Area of the tissue, µm²."""
        return float(np.count_nonzero(self.pixels)) * self.mpp.pixel_area_um2

    @cached_property
    def labels(self) -> NDArray[np.unsignedinteger[Any]]:
        """Number of the piece at every pixel, 0 on glass; pieces meet over corners too.

        One byte a pixel where that is enough for all the pieces, for they are kept as long as the mask is.
        """
        raw, count = ndi.label(self.pixels, structure=np.ones((3, 3), dtype=bool))
        sizes = count_labels(raw, count)
        sizes[0] = np.iinfo(sizes.dtype).max
        rank = np.empty(count + 1, dtype=np.min_scalar_type(count))
        rank[np.argsort(-sizes, kind="stable")] = np.arange(count + 1)
        return look_up(rank, raw)

    @cached_property
    def pieces(self) -> tuple[TissuePiece, ...]:
        """The connected pieces, largest first."""
        found = []
        for number, window in enumerate(ndi.find_objects(self.labels), start=1):
            inside = self.labels[window] == number
            corner = (window[0].start, window[1].start)
            area = float(np.count_nonzero(inside)) * self.mpp.pixel_area_um2
            found.append(TissuePiece(number, area, trace_outline(inside, corner, self.frame)))
        return tuple(found)

    def covers(self, box: Box, frame: Frame) -> bool:
        """Whether any tissue lies under ``box`` of another ``frame``."""
        here = self.frame.box_from_level0(frame.box_to_level0(box))
        here = here.intersect(Box(0, 0, *self.pixels.shape))
        return bool(self.pixels[here.slices].any())

    def resample(self, box: Box, frame: Frame) -> NDArray[np.bool_]:
        """Look the mask up at the pixel centres of ``box`` of another ``frame``.

        Each pixel depends on its own absolute place alone, so neighbouring boxes always agree.

        Returns
        -------
        True on tissue, shape ``(box.height, box.width)``; False outside the slide.
        """
        rows = (np.arange(box.top, box.bottom) + 0.5) * (frame.scale_y / self.frame.scale_y)
        columns = (np.arange(box.left, box.right) + 0.5) * (frame.scale_x / self.frame.scale_x)
        y, x = np.floor(rows).astype(np.intp), np.floor(columns).astype(np.intp)
        height, width = self.pixels.shape
        seen = y.clip(0, height - 1)
        top, bottom = int(seen.min(initial=height)), int(seen.max(initial=-1)) + 1
        # Columns of the small mask first, whole rows then: ten times as fast as both at once. And only of the rows that
        # lie under the box: a small box of a large slide must not cost a strip of the whole slide.
        wide = np.take(self.pixels[top:bottom], x.clip(0, width - 1), axis=1)
        wide[:, (x < 0) | (x >= width)] = False
        found: NDArray[np.bool_] = np.take(wide, seen - top, axis=0)
        found[(y < 0) | (y >= height)] = False
        return found

    def without(self, excluded: NDArray[np.bool_], min_piece_um2: float) -> TissueMask:
        """This mask less ``excluded`` pixels and less the slivers that remain beside them."""
        left = drop_specks(self.pixels & ~excluded, min_piece_um2 / self.mpp.pixel_area_um2)
        return TissueMask(left, self.frame, self.slide_mpp)


def find_tissue(
    overview: NDArray[np.uint8], mpp: float, settings: TissueSettings | None = None
) -> NDArray[np.bool_]:
    """Tell tissue from glass.

    Parameters
    ----------
    overview
        Pixels at low power, shape ``(h, w, 3)``.
    mpp
        Micrometres per pixel of ``overview``.

    Returns
    -------
    True on tissue, lumina included, shape ``(h, w)``; all False on empty glass.
    """
    settings = settings or TissueSettings()
    coloured = _close(_is_coloured(overview, mpp, settings), settings.closing_um / mpp)
    # Specks go first: dust along the rim must not shut a bay into a hole.
    mask = drop_specks(coloured, settings.min_piece_um2 / mpp**2)
    return fill_holes(mask, mpp, settings)


def _is_coloured(
    overview: NDArray[np.uint8], mpp: float, settings: TissueSettings
) -> NDArray[np.bool_]:
    """Where the channels differ by more than glass's do."""
    chroma = colour_spread(overview, settings.smoothing_um / mpp / 2)
    threshold = float(np.clip(_otsu(chroma), settings.min_chroma, settings.max_chroma))
    return chroma > threshold


def colour_spread(overview: NDArray[np.uint8], sigma_px: float) -> NDArray[np.float32]:
    """Largest less smallest channel density at every pixel, smoothed; 0 where it is too dark to tell a colour."""
    white = estimate_white(overview)
    # As far as the smoothing looks by itself.
    reach = int(4 * sigma_px + 0.5)
    found = np.empty(overview.shape[:2], np.float32)
    for rows in bands(overview.shape):
        top = max(0, rows.start - reach)
        density = optical_density(overview[top : rows.stop + reach], white)
        for channel in range(3):
            density[..., channel] = ndi.gaussian_filter(density[..., channel], sigma_px)
        spread = brightest(density) - darkest(density)
        found[rows] = spread[rows.start - top : rows.stop - top]
    # Noise of one grey value already looks coloured below this brightness.
    found[brightest(overview) < _TOO_DARK] = 0
    return found


_TOO_DARK = 30


def _otsu(values: NDArray[np.float32]) -> float:
    """Threshold that splits a histogram best (Otsu 1979): the largest variance between the two sides."""
    counts, edges = np.histogram(values, bins=256, range=(0.0, 0.8))
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    total = np.cumsum(counts * centres)
    mean_below = total / np.maximum(below, 1)
    mean_above = (total[-1] - total) / np.maximum(above, 1)
    between = below * above * (mean_below - mean_above) ** 2
    return float(edges[1 + int(np.argmax(between))])


def _close(mask: NDArray[np.bool_], radius_px: float) -> NDArray[np.bool_]:
    """Close gaps narrower than twice ``radius_px``: grow by a disc, then shrink by it."""
    if radius_px < 1 or not mask.any():
        return mask
    margin = int(np.ceil(radius_px)) + 1
    grown = _grown(np.pad(mask, margin), radius_px)
    closed = ~_grown(~grown, radius_px)
    inner = closed[margin:-margin, margin:-margin]
    return np.asarray(inner | mask, dtype=np.bool_)


def _grown(mask: NDArray[np.bool_], radius_px: float) -> NDArray[np.bool_]:
    """Pixels no further than ``radius_px`` from one of ``mask``, whole rows at a time.

    A distance transform says the same in fifteen times the memory.
    """
    grown = mask.copy()
    for dy in range(int(radius_px) + 1):
        reach = int(np.sqrt(radius_px**2 - dy**2))
        wide = ndi.maximum_filter1d(mask, 2 * reach + 1, axis=1, mode="constant")
        grown[dy:] |= wide[: len(wide) - dy]
        grown[: len(wide) - dy] |= wide[dy:]
    return grown


def drop_specks(mask: NDArray[np.bool_], min_px: float) -> NDArray[np.bool_]:
    """Keep connected pieces of at least ``min_px`` pixels."""
    labels, count = ndi.label(mask, structure=np.ones((3, 3), dtype=bool))
    keep = count_labels(labels, count) >= min_px
    keep[0] = False
    return look_up(keep, labels)


def fill_holes(mask: NDArray[np.bool_], mpp: float, settings: TissueSettings) -> NDArray[np.bool_]:
    """Fill every hole of vein size, and larger ones that are as round as a large vein."""
    holes = ndi.binary_fill_holes(mask) & ~mask
    labels, count = ndi.label(holes)
    sizes = count_labels(labels, count) * mpp**2
    fill = sizes <= _disc_um2(settings.max_hole_diameter_um)
    large = (~fill) & (sizes <= _disc_um2(settings.max_round_hole_diameter_um))
    large[0] = fill[0] = False
    windows = ndi.find_objects(labels)
    for number in np.flatnonzero(large):
        fill[number] = (
            _solidity(labels[windows[number - 1]] == number) >= settings.min_hole_solidity
        )
    return np.asarray(mask | look_up(fill, labels), dtype=np.bool_)


def _disc_um2(diameter_um: float) -> float:
    return float(np.pi * diameter_um**2 / 4)


def _solidity(shape: NDArray[np.bool_]) -> float:
    """Area over the area of the convex hull."""
    from skimage.morphology import convex_hull_image

    hull = convex_hull_image(shape)
    return float(np.count_nonzero(shape) / np.count_nonzero(hull))
