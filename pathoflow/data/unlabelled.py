"""Patches of one slide that nobody has outlined, spread over its tissue."""

from __future__ import annotations

import logging

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from pathoflow.data.labelled import LabelSettings
from pathoflow.data.patches import Pictures
from pathoflow.errors import UsageError
from pathoflow.slide import Slide
from pathoflow.space import Box, Frame, Point
from pathoflow.tissue import TissueSettings, find_tissue, read_overview

_log = logging.getLogger(__name__)

#: Each patch is the best of this many random places: the one farthest from those taken before.
_CHOICES = 16


def unlabelled_patches(
    slide: Slide, n: int, settings: LabelSettings, seed: int, *, group: str = ""
) -> Pictures:
    """Cut ``n`` patches where at least ``settings.min_tissue`` of a patch is tissue, far from one another.

    The same seed gives the same patches. A slide with fewer places than that gives what it has, with a warning.

    Raises
    ------
    UsageError
        No patch of the slide has enough tissue.
    MppUnknown
        The slide's scale is not known.
    TileUnreadable
        Pixels that should be there cannot be decoded.
    """
    overview = read_overview(slide, TissueSettings().working_mpp)
    tissue = find_tissue(overview.pixels, overview.mpp)
    window = max(1, round(settings.patch_px * settings.mpp / overview.mpp))
    share = ndimage.uniform_filter(tissue.astype(np.float32), window, mode="constant")
    # Means of zeros and ones, summed by moving along: equal shares differ in the last bit.
    places = np.argwhere(share >= settings.min_tissue - 1e-4)
    if not len(places):
        raise UsageError(
            f"{slide.path.name} has no place where {settings.min_tissue:.0%} of a patch of {settings.patch_px} px at "
            f"{settings.mpp:g} µm/px is tissue: lower min_tissue, take smaller patches, or leave the slide out."
        )
    if len(places) < n:
        _log.warning("%s has room for %d patches only, not %d", slide.path.name, len(places), n)
    chosen = places[_far_apart(places, n, np.random.default_rng(seed))]
    frame = Frame.at(settings.mpp, slide.mpp)
    size, side = frame.size(slide.size), settings.patch_px
    pixels = np.empty((len(chosen), side, side, 3), np.uint8)
    for number, (row, column) in enumerate(chosen):
        centre = frame.from_level0(overview.frame.to_level0(Point(row + 0.5, column + 0.5)))
        # At the slide's rim a patch begins with it: what lies beyond is white and teaches nothing.
        top, left = (
            min(max(round(place - side / 2), 0), max(length - side, 0))
            for place, length in ((centre.y, size.height), (centre.x, size.width))
        )
        pixels[number] = slide.read(Box(top, left, side, side), mpp=settings.mpp)
    return Pictures(pixels, settings.mpp, (group or slide.id,) * len(chosen))


def _far_apart(places: NDArray[np.intp], n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Indices of ``n`` places, or all; Mitchell's best candidate: random, but without clumps and gaps."""
    distance = np.full(len(places), np.inf)
    free = np.ones(len(places), bool)
    chosen: list[int] = []
    while len(chosen) < min(n, len(places)):
        candidates = rng.choice(np.flatnonzero(free), min(_CHOICES, int(free.sum())), replace=False)
        best = int(candidates[np.argmax(distance[candidates])])
        chosen.append(best)
        free[best] = False
        distance = np.minimum(distance, np.hypot(*(places - places[best]).T))
    return np.array(chosen, np.intp)
