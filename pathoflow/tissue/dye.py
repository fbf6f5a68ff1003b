"""Pixels to the amount of haematoxylin, with one table per channel, and how strongly a slide was stained.

Colour deconvolution (Ruifrok and Johnston 2001): optical density is a sum of dye directions times amounts; the inverse of the
matrix of directions gives the amounts back. Only the haematoxylin row is needed, so the amount is a sum of three
functions of one grey value each, and those fit in tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pathoflow.tissue.density import DEFAULT_WHITE

#: Unit directions of optical density, (red, green, blue). Eosin is the one that QuPath starts from; with the classic one
#: (0.07, 0.99, 0.11) red cells count as haematoxylin.
HAEMATOXYLIN = (0.651, 0.701, 0.290)
EOSIN = (0.216, 0.801, 0.558)
#: 98th percentile of the amount at 1 µm/px in a field of a typical slide: the darker half of its nuclei, blurred by the pixel.
#: Seen between 0.39 and 0.66 on painted slides whose stain strays by 25 %.
TYPICAL_DARKNESS = 0.50
# A slide stranger than this is not stained differently, it holds something else.
_SCALE_LIMITS = (0.4, 2.5)


@dataclass(frozen=True, slots=True)
class StainScale:
    """How this slide was stained, so that dark means the same on every slide.

    Attributes
    ----------
    white
        Red, green and blue of empty glass.
    haematoxylin
        Amount of haematoxylin relative to a typical slide, where hepatocyte nuclei have about 0.40.
    """

    white: tuple[float, float, float] = DEFAULT_WHITE
    haematoxylin: float = 1.0


def haematoxylin_amount(
    rgb: NDArray[np.uint8], scale: StainScale | None = None
) -> NDArray[np.float32]:
    """Measure the amount of haematoxylin, relative to the slide's strength of stain.

    Parameters
    ----------
    rgb
        Pixels, shape ``(h, w, 3)``.

    Returns
    -------
    Amount, shape ``(h, w)``; slightly negative where red cells or noise outweigh it.
    """
    scale = scale or StainScale()
    blue_dye, pink_dye = np.array(HAEMATOXYLIN), np.array(EOSIN)
    dyes = np.stack([blue_dye, pink_dye, np.cross(blue_dye, pink_dye)])
    weights = np.linalg.inv(dyes)[:, 0] / scale.haematoxylin
    grey = np.arange(256, dtype=np.float64).clip(1)
    amount = np.zeros(rgb.shape[:2], dtype=np.float32)
    for channel, (weight, white) in enumerate(zip(weights, scale.white, strict=True)):
        table = (weight * np.log10(white / grey).clip(0)).astype(np.float32)
        amount += table[rgb[..., channel]]
    return amount


def field_darkness(rgb: NDArray[np.uint8], white: tuple[float, float, float]) -> float:
    """98th percentile of the amount of haematoxylin in a field of 1 µm/px, lightly smoothed."""
    amount = ndi.gaussian_filter(haematoxylin_amount(rgb, StainScale(white)), 0.7)
    return float(np.percentile(amount, 98))


def stain_scale(white: tuple[float, float, float], darkness: Sequence[float]) -> StainScale:
    """Turn what was measured in many fields (`field_darkness`) into one scale; 1 where there are none."""
    if not len(darkness):
        return StainScale(white)
    relative = float(np.median(darkness)) / TYPICAL_DARKNESS
    return StainScale(white, float(np.clip(relative, *_SCALE_LIMITS)))
