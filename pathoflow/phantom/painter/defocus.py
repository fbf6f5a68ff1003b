"""Blur that differs from pixel to pixel: a few evenly blurred pictures, and between them a mix.

Box means of whole numbers are exact, so the same pixel comes out whatever piece it is painted in,
and they cost nearly the same at any width.
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
    out = sharp.copy()
    made: dict[float, Field] = {0.0: sharp}
    for low, high in pairwise(LEVELS_UM):
        # A pixel mixes the two pictures next to its own blur, so others need not be made.
        here = (spread > low) & (spread <= high)
        if not here.any():
            continue
        for level in (low, high):
            if level not in made:
                made[level] = _even(sheet, margin, level / mpp)
        share = (spread[here] - np.float32(low)) * np.float32(1 / (high - low))
        near = made[low][here]
        out[here] = near + (made[high][here] - near) * share
    return out


def _even(sheet: Field, margin: int, sigma_px: float) -> Field:
    """``sheet`` blurred evenly and cut by ``margin``, in whole steps of light."""
    widths = box_widths(sigma_px)
    spare = margin - sum(width // 2 for width in widths)
    light = sheet[spare : sheet.shape[0] - spare, spare : sheet.shape[1] - spare]
    # Less than a pixel of blur asks for no border, and then nobody may round either.
    if max(widths) == 1:
        return light
    whole = np.rint(light * np.float32(LIGHT_STEPS)).astype(np.int32)
    for width in widths:
        if width > 1:
            total = _running_sum(_running_sum(whole, width).T, width).T
            mean = total.astype(np.float32) * np.float32(1 / width**2)
            whole = np.rint(mean, out=mean).astype(np.int32)
    even: Field = whole.astype(np.float32) * np.float32(1 / LIGHT_STEPS)
    return even


def _running_sum(values: NDArray[np.int32], width: int) -> NDArray[np.int32]:
    """Sum of ``width`` neighbours along the first axis, ``width - 1`` rows fewer."""
    rows = len(values) - width + 1
    # In the order of the values: mixing orders would cost what the rest saves.
    total = np.zeros_like(values[:rows])
    # Sums of 1, 2, 4, ... neighbours, put together as the bits of the width say: up to three times
    # faster than differences of a cumulated sum.
    block, size, done = values, 1, 0
    while size <= width:
        if width & size:
            total += block[done : done + rows]
            done += size
        if 2 * size <= width:
            block = block[:-size] + block[size:]
        size *= 2
    return total
