"""What lies on the section rather than in it: bubbles, dust, fibres, the edge of the coverslip.

Stained tissue of one slide lies in a plane of optical densities, the one that its two dyes span. Dust and the dark rim of air under
the coverslip absorb or bend away all colours alike: they add the same density to each channel, and grey lies far off that plane.
The plane is fitted to the slide's own tissue, so a stain that strays changes nothing. Blood and bile lie off the plane too, but
they are not denser than their surroundings in every channel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pathoflow.tissue.density import (
    darkest,
    estimate_white,
    optical_density,
    total_density,
)
from pathoflow.tissue.mask import drop_specks
from pathoflow.tissue.planes import count_labels, every_nth, look_up
from pathoflow.tissue.surround import bands_with_reach, highest_beside, mean_around


@dataclass(frozen=True, slots=True)
class FilmSettings:
    """What counts as lying on the section; every field carries its reason."""

    #: A pixel is compared with a square of this side: wider than any rim, narrower than a change of tissue.
    around_um: float = 200.0
    #: Grey density from which a pixel is sure to hold something; tissue stays below.
    min_density: float = 0.16
    #: Grey density of pixels that belong to something sure that they touch.
    soft_density: float = 0.08
    #: Smaller than a cell's width across, it hides nothing.
    min_area_um2: float = 600.0
    #: The rim of a bubble may be fainter, for its shape is a second witness ...
    rim_density: float = 0.05
    #: ... where it can be followed for at least this long.
    min_rim_um: float = 80.0
    #: Gaps of a bubble's rim that are closed.
    closing_um: float = 32.0
    #: Closed rims of this width round about are bubbles ...
    min_bubble_um: float = 150.0
    max_bubble_um: float = 4_000.0
    #: ... if as convex as a bubble. Loops of fibres are smaller or dented.
    min_solidity: float = 0.9
    #: Soft border that is left out too: twice the blur of what lies 5 µm above the section.
    margin_um: float = 16.0
    #: Cosine between grey and the direction off the plane of the dyes; haematoxylin and eosin have 0.26. With less, grey cannot
    #: be told from the dyes, as on slides of a single stain.
    min_off_plane: float = 0.12


def find_film(
    overview: NDArray[np.uint8],
    tissue: NDArray[np.bool_],
    mpp: float,
    settings: FilmSettings | None = None,
) -> NDArray[np.bool_]:
    """Find bubbles, dust, fibres and edges of the coverslip.

    Parameters
    ----------
    overview
        Pixels at low power, shape ``(h, w, 3)``.
    tissue
        The tissue that names the dyes, ink left out, shape ``(h, w)``; what lies beside it is found as well.
    mpp
        Micrometres per pixel of ``overview``.

    Returns
    -------
    True on them and on the inside of bubbles, shape ``(h, w)``.
    """
    settings = settings or FilmSettings()
    off = _off_plane(overview, tissue, settings)
    if off is None:
        return np.zeros(tissue.shape, bool)
    grey = _grey(overview, off, mpp, settings)
    sure, soft = (grey >= d * _CODE for d in (settings.min_density, settings.soft_density))
    marks = _touching(soft, sure, settings.min_area_um2 / mpp**2)
    rims = drop_specks(grey >= settings.rim_density * _CODE, settings.min_rim_um / mpp)
    found = marks | _bubbles(rims, mpp, settings)
    if not found.any():
        return found
    away = ndi.distance_transform_edt(~found) * mpp
    return np.asarray(away <= settings.margin_um, dtype=np.bool_)


_SAMPLE_PX = 200_000
#: Densities are kept as bytes, in steps of a 200th up to 1.27.
_CODE = 200


def _off_plane(
    overview: NDArray[np.uint8], tissue: NDArray[np.bool_], settings: FilmSettings
) -> NDArray[np.float32] | None:
    """Weights of the channels that give 0 for the slide's dyes and 1 for a grey density of 1; None where there are none."""
    sample = every_nth(overview, tissue, 1 + int(tissue.sum()) // _SAMPLE_PX)
    density = optical_density(sample, estimate_white(overview))
    total = total_density(density)
    # Neither glass nor ink; twice as exact, for the least of three sums of squares is wanted.
    usual = density[(total >= 0.15) & (total < 1.2)].astype(np.float64)
    if len(usual) < 100:
        return None
    _, directions = np.linalg.eigh(usual.T @ usual)
    normal = directions[:, 0]
    grey = float(normal.sum())
    if abs(grey) / np.sqrt(3) < settings.min_off_plane:
        return None
    return (normal / grey).astype(np.float32)


def _grey(
    overview: NDArray[np.uint8], off: NDArray[np.float32], mpp: float, settings: FilmSettings
) -> NDArray[np.uint8]:
    """Grey density added to what lies around, in steps of 1 / `_CODE`."""
    white = estimate_white(overview)
    side = 1 + 2 * round(settings.around_um / mpp / 2)
    grey = np.empty(overview.shape[:2], np.uint8)
    for rows, around, within in bands_with_reach(overview.shape, side):
        density = optical_density(overview[around], white)
        above = (density - highest_beside(mean_around(density, side), side // 2))[within]
        added = np.minimum(darkest(above), density[within] @ off)
        grey[rows] = (added * _CODE).clip(0, 255)
    return grey


def _touching(soft: NDArray[np.bool_], sure: NDArray[np.bool_], min_px: float) -> NDArray[np.bool_]:
    """Connected soft regions that are large enough and hold something sure."""
    labels, count = ndi.label(soft, np.ones((3, 3), bool))
    keep = (count_labels(labels, count) >= min_px) & (
        np.bincount(labels[sure], minlength=count + 1) > 0
    )
    keep[0] = False
    return look_up(keep, labels)


def _bubbles(marks: NDArray[np.bool_], mpp: float, settings: FilmSettings) -> NDArray[np.bool_]:
    """The inside of closed, round rims."""
    from skimage.morphology import convex_hull_image

    reach = max(1, round(settings.closing_um / mpp / 2))
    rims = ndi.distance_transform_edt(~np.pad(marks, reach + 1)) <= reach
    inside = (ndi.binary_fill_holes(rims) & ~rims)[reach + 1 : -reach - 1, reach + 1 : -reach - 1]
    labels, count = ndi.label(inside)
    sizes = count_labels(labels, count) * mpp**2
    low, high = (np.pi * side**2 / 4 for side in (settings.min_bubble_um, settings.max_bubble_um))
    keep = np.zeros(count + 1, bool)
    for number, window in enumerate(ndi.find_objects(labels), start=1):
        if low <= sizes[number] <= high:
            shape = labels[window] == number
            solidity = np.count_nonzero(shape) / np.count_nonzero(convex_hull_image(shape))
            keep[number] = solidity >= settings.min_solidity
    return np.asarray(ndi.binary_dilation(look_up(keep, labels), iterations=reach), dtype=np.bool_)
