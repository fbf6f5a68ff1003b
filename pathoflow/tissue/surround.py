"""Local means at low power: what a pixel is compared with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from pathoflow.tissue.planes import bands


def bands_with_reach(shape: tuple[int, ...], reach: int) -> Iterator[tuple[slice, slice, slice]]:
    """Rows of a plane, a few at a time, with ``reach`` rows more on both sides where there are any.

    Yields
    ------
    The rows themselves, the rows with their surroundings, and where the former lie in the latter.
    """
    for rows in bands(shape):
        top = max(0, rows.start - reach)
        around = slice(top, min(shape[0], rows.stop + reach))
        yield rows, around, slice(rows.start - top, rows.stop - top)


def mean_around(values: NDArray[np.float32], side_px: int) -> NDArray[np.float32]:
    """Mean of every channel over a square of ``side_px``; ``values`` has shape ``(h, w, 3)``."""
    found = np.empty_like(values)
    for channel in range(values.shape[2]):
        ndi.uniform_filter(values[..., channel], side_px, found[..., channel], mode="nearest")
    return found


def mean_around_of(
    values: NDArray[np.float32], where: NDArray[np.bool_], side_px: int
) -> NDArray[np.float32]:
    """The same over the pixels ``where`` alone; 0 where there are none within the square."""
    weight = ndi.uniform_filter(where.astype(np.float32), side_px, mode="nearest")
    mean = mean_around(values * where[..., None], side_px)
    share = np.maximum(weight, np.float32(1e-3))[..., None]
    return np.where(weight[..., None] > 1e-3, mean / share, np.float32(0))


def highest_beside(mean: NDArray[np.float32], shift_px: int) -> NDArray[np.float32]:
    """Largest of the means that lie ``shift_px`` above, below, left and right; ``mean`` has shape ``(h, w, 3)``."""
    padded = np.pad(mean, ((shift_px, shift_px), (shift_px, shift_px), (0, 0)), mode="edge")
    height, width = mean.shape[:2]
    middle_y, middle_x = slice(shift_px, shift_px + height), slice(shift_px, shift_px + width)
    found = np.maximum(padded[:height, middle_x], padded[2 * shift_px :, middle_x])
    np.maximum(found, padded[middle_y, :width], out=found)
    np.maximum(found, padded[middle_y, 2 * shift_px :], out=found)
    return found
