"""Halving a picture: by mean where values are amounts, by majority where they are names."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]


def halve_by_mean(pixels: Pixels) -> Pixels:
    """Mean of each square of 2 x 2 pixels, whole numbers rounded half up; same dtype.

    Parameters
    ----------
    pixels
        Shape ``(..., height, width)``.

    Returns
    -------
    Pixels
        Shape ``(..., ceil(height / 2), ceil(width / 2))``. Where a side is odd, the last square is cut by the
        border and the mean is taken over what is there.
    """
    if pixels.dtype.kind not in "iu":
        total = np.zeros((), dtype=pixels.dtype)
        for corner in _corners(pixels):
            total = total + corner
        return np.asarray(total / 4, dtype=pixels.dtype)
    # Four bytes sum to at most 1020, so sixteen bits hold them; wider kinds get all the room there is.
    wide = np.uint16 if pixels.dtype == np.uint8 else np.int64
    top_left, top_right, bottom_left, bottom_right = _corners(pixels)
    total = top_left.astype(wide)
    for corner in (top_right, bottom_left, bottom_right):
        total += corner
    total += 2
    total >>= 2
    return total.astype(pixels.dtype)


def halve_by_majority(labels: Pixels) -> Pixels:
    """The most frequent value of each square of 2 x 2 pixels; of equally frequent ones the top-left-most.

    Shapes and borders are those of `halve_by_mean`. No value appears that was not in the square.
    """
    a, b, c, d = _corners(labels)
    # The top left wins with any partner; it loses only to a pair among the other three.
    is_alone = (a != b) & (a != c) & (a != d)
    pair = np.where((b == c) | (b == d), b, np.where(c == d, c, a))
    return np.where(is_alone, pair, a)


def _corners(pixels: Pixels) -> tuple[Pixels, Pixels, Pixels, Pixels]:
    """The four pixels of every square; at an odd border the last row or column stands in for what is missing."""
    odd = [(0, 0)] * (pixels.ndim - 2) + [(0, size % 2) for size in pixels.shape[-2:]]
    if any(after for _, after in odd):
        pixels = np.pad(pixels, odd, mode="edge")
    upper, lower = pixels[..., ::2, :], pixels[..., 1::2, :]
    return upper[..., ::2], upper[..., 1::2], lower[..., ::2], lower[..., 1::2]
