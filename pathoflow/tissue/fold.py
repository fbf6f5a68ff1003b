"""Folds: ribbons in which the section lies on itself.

A second layer doubles the density of all three channels, for light goes through the same tissue twice. Other tissue raises some
channels and not others: nuclei absorb red (a seam of lymphocytes beside liver: red 2.5, green 1.6, blue 1.3 times as much), eosin
and blood absorb green and blue (necrosis: 0.9, 1.2, 1.3). So the smallest of the three ratios tells a fold from a darker tissue.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pathoflow.tissue.density import (
    brightest,
    darkest,
    estimate_white,
    optical_density,
    total_density,
)
from pathoflow.tissue.planes import count_labels, every_nth, look_up
from pathoflow.tissue.surround import bands_with_reach, highest_beside, mean_around_of


@dataclass(frozen=True, slots=True)
class FoldSettings:
    """What counts as a fold; every field carries its reason."""

    #: Nuclei are evened out over this distance, and the thinnest pleats, 30 µm wide, stay.
    smoothing_um: float = 8.0
    #: A pixel is compared with the tissue of a square of this side: a fold of 150 µm is a sixth of it.
    around_um: float = 600.0
    #: Summed density below which a pixel is lumen, fat or glass, and no tissue to compare with.
    min_density: float = 0.15
    #: Every channel is this many times as dense as around. Two layers have 2; the fold itself lies in the mean and takes a sixth
    #: of that away.
    min_ratio: float = 1.5
    #: Pixels of this ratio belong to a fold that they touch: its soft side.
    soft_ratio: float = 1.3
    #: Mean over a fold. Dense tissue in pale tissue was seen up to 1.37, painted and real folds from 1.5.
    min_mean_ratio: float = 1.45
    #: Least over largest of the three ratios: two layers have the colour of one. Folds were seen from 0.75 to 0.94, glands in
    #: stroma, whose nuclei absorb red, at 0.7.
    min_evenness: float = 0.72
    #: Gaps closed along a ribbon: sinusoids and vacuoles that no second layer covers.
    closing_um: float = 16.0
    #: Pleats are 30 to 200 µm wide; twice that where two lie side by side. Wider dark areas are tissue.
    max_width_um: float = 400.0
    #: Nerves, ducts and clumps of cells are shorter.
    min_length_um: float = 300.0
    min_length_to_width: float = 3.5


def find_folds(
    overview: NDArray[np.uint8],
    tissue: NDArray[np.bool_],
    mpp: float,
    settings: FoldSettings | None = None,
) -> NDArray[np.bool_]:
    """Find folds.

    Parameters
    ----------
    overview
        Pixels at low power, shape ``(h, w, 3)``.
    tissue
        Where to look, ink left out, shape ``(h, w)``.
    mpp
        Micrometres per pixel of ``overview``.

    Returns
    -------
    True on folds, shape ``(h, w)``.
    """
    settings = settings or FoldSettings()
    ratio = _layers(overview, tissue, mpp, settings)
    sure = ratio >= settings.min_ratio * _CODE
    if not sure.any():
        return sure
    soft = ratio >= settings.soft_ratio * _CODE
    return _ribbons(_grow_into(sure, soft, settings.closing_um / mpp), ratio, mpp, settings)


#: Ratios are kept as bytes, in steps of a 64th up to 3.98.
_CODE = 64


def _layers(
    overview: NDArray[np.uint8], tissue: NDArray[np.bool_], mpp: float, settings: FoldSettings
) -> NDArray[np.uint8]:
    """How many layers of the tissue around lie here, in steps of 1 / `_CODE`; 0 where the colour is another."""
    white = estimate_white(overview)
    typical = _typical(overview, tissue, white, settings)
    side = 1 + 2 * round(settings.around_um / mpp / 2)
    sigma = settings.smoothing_um / mpp / 2
    layers = np.zeros(tissue.shape, np.uint8)
    for rows, around, within in bands_with_reach(tissue.shape, side + 4):
        if not tissue[rows].any():
            continue
        density = optical_density(overview[around], white)
        for channel in range(3):
            density[..., channel] = ndi.gaussian_filter(density[..., channel], sigma)
        solid = tissue[around] & (total_density(density) >= settings.min_density)
        usual = highest_beside(mean_around_of(density, solid, side), side // 2)
        ratio = np.asarray(density[within] / np.maximum(usual[within], typical), np.float32)
        least, most = darkest(ratio), brightest(ratio)
        least[~solid[within] | (least < settings.min_evenness * most)] = 0
        layers[rows] = (least * _CODE).clip(0, 255)
    return layers


_SAMPLE_PX = 200_000


def _typical(
    overview: NDArray[np.uint8],
    tissue: NDArray[np.bool_],
    white: tuple[float, float, float],
    settings: FoldSettings,
) -> NDArray[np.float32]:
    """Median density of the slide's tissue, shape ``(3,)``: liver between wide pale scars is no fold."""
    sample = every_nth(overview, tissue, 1 + int(tissue.sum()) // _SAMPLE_PX)
    density = optical_density(sample, white)
    solid = density[total_density(density) >= settings.min_density]
    if not len(solid):
        return np.full(3, np.inf, np.float32)
    return np.asarray(np.median(solid, axis=0).clip(1e-3), np.float32)


def _grow_into(
    sure: NDArray[np.bool_], soft: NDArray[np.bool_], closing_px: float
) -> NDArray[np.bool_]:
    """Connected soft regions that hold something sure, small gaps closed."""
    size = 1 + 2 * max(1, round(closing_px / 2))
    joined = ndi.binary_closing(np.pad(soft, size), np.ones((size, size), bool))
    labels, count = ndi.label(joined[size:-size, size:-size], np.ones((3, 3), bool))
    keep = np.bincount(labels[sure], minlength=count + 1) > 0
    keep[0] = False
    return look_up(keep, labels)


def _ribbons(
    mask: NDArray[np.bool_], layers: NDArray[np.uint8], mpp: float, settings: FoldSettings
) -> NDArray[np.bool_]:
    """Regions that are long, narrow, and of two layers."""
    labels, count = ndi.label(mask, np.ones((3, 3), bool))
    large = count_labels(labels, count) * mpp**2 >= settings.min_length_um * 2 * mpp
    keep = np.zeros(count + 1, bool)
    for number, window in enumerate(ndi.find_objects(labels), start=1):
        if large[number]:
            inside = labels[window] == number
            mean = float(layers[window][inside].mean()) / _CODE
            keep[number] = mean >= settings.min_mean_ratio and _is_ribbon(inside, mpp, settings)
    return look_up(keep, labels)


def _is_ribbon(inside: NDArray[np.bool_], mpp: float, settings: FoldSettings) -> bool:
    """Whether a region is long and narrow."""
    from skimage.morphology import skeletonize

    padded = np.pad(inside, 1)
    half = ndi.distance_transform_edt(padded)[skeletonize(padded)]
    width = 2 * float(np.percentile(half, 75)) * mpp
    length = np.count_nonzero(inside) * mpp**2 / width
    return bool(
        width <= settings.max_width_um
        and length >= settings.min_length_um
        and length >= settings.min_length_to_width * width
    )
