"""Blur that differs from pixel to pixel: a few evenly blurred pictures, and between them a mix.

Box means of whole numbers are exact, so the same pixel comes out whatever piece it is painted in,
and they cost the same at any width.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.painter.canvas import Field
from pathoflow.phantom.painter.optics import LIGHT_STEPS

#: Standard deviations of the evenly blurred pictures, µm; 0 is the picture in focus.
LEVELS_UM = (0.0, 0.9, 2.0, 4.0, 7.0)


def reach_px(defocus_um: float, mpp: float) -> int:
    """Pixels around a box that its defocus draws light from."""
    if defocus_um <= 0:
        return 0
    level = next((sd for sd in LEVELS_UM if sd >= defocus_um), LEVELS_UM[-1])
    return sum(width // 2 for width in box_widths(level / mpp))


def box_widths(sigma_px: float) -> tuple[int, int, int]:
    """Odd widths of three running means that together come closest to a standard deviation.

    A mean over w pixels has the variance (w² - 1) / 12.
    """
    narrow = 2 * int((np.sqrt(4 * sigma_px**2 + 1) - 1) // 2) + 1
    choices = [(narrow + 2 * (k > 0), narrow + 2 * (k > 1), narrow + 2 * (k > 2)) for k in range(4)]
    return min(choices, key=lambda ws: abs(sum(w * w - 1 for w in ws) / 12 - sigma_px**2))


def blurred(sheet: Field, sharp: Field, spread: Field, margin: int, mpp: float) -> Field:
    """``sharp`` with the blur of ``spread`` µm on each pixel.

    ``sheet`` is the same light with ``margin`` more pixels on every side.
    """
    out, most = sharp.copy(), float(spread.max())
    for low, high in pairwise(LEVELS_UM):
        if most <= low:
            break
        even = _even(sheet, margin, high / mpp)
        share = np.clip((spread - np.float32(low)) * np.float32(1 / (high - low)), 0, 1)
        out += (even - out) * share
    return out


def _even(sheet: Field, margin: int, sigma_px: float) -> Field:
    """``sheet`` blurred evenly and cut by ``margin``, in whole steps of light."""
    widths = box_widths(sigma_px)
    spare = margin - sum(width // 2 for width in widths)
    whole = np.rint(sheet * np.float32(LIGHT_STEPS)).astype(np.int32)
    whole = whole[spare : whole.shape[0] - spare, spare : whole.shape[1] - spare]
    for width in widths:
        if width > 1:
            whole = _running_mean(_running_mean(whole, width).T, width).T
    return whole.astype(np.float32) * np.float32(1 / LIGHT_STEPS)


def _running_mean(values: NDArray[np.int32], width: int) -> NDArray[np.int32]:
    """Rounded mean of ``width`` neighbours along the first axis, ``width - 1`` rows fewer."""
    total = np.zeros((len(values) + 1, *values.shape[1:]), np.int32)
    np.cumsum(values, axis=0, out=total[1:])
    window = total[width:] - total[:-width]
    return np.rint(window.astype(np.float32) * np.float32(1 / width)).astype(np.int32)
