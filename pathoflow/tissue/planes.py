"""Large planes band by band: numpy makes eight-byte copies of indices, and a plane of a slide has no room for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Kind = TypeVar("Kind", bound=np.generic)

#: Pixels worked on at once; three channels of four bytes each are 12 MB.
_BAND_PX = 1 << 20


def bands(shape: tuple[int, ...]) -> Iterator[slice]:
    """Rows of a plane of ``shape`` in order, a few at a time."""
    height, width = shape[:2]
    rows = max(1, _BAND_PX // max(1, width))
    for top in range(0, height, rows):
        yield slice(top, min(top + rows, height))


def count_labels(labels: NDArray[np.integer[Any]], n_labels: int) -> NDArray[np.int64]:
    """Pixels of every label, shape ``(n_labels + 1,)``; label 0 is the background."""
    counts = np.zeros(n_labels + 1, np.int64)
    for rows in bands(labels.shape):
        counts += np.bincount(labels[rows].ravel(), minlength=n_labels + 1)
    return counts


def every_nth(pixels: NDArray[Kind], mask: NDArray[np.bool_], step: int) -> NDArray[Kind]:
    """``pixels[mask][::step]``, the same to the bit; ``mask`` has the shape of the first two axes of ``pixels``."""
    picked, seen = [], 0
    for rows in bands(mask.shape):
        inside = pixels[rows][mask[rows]]
        # A copy, for a view would keep all of the band.
        picked.append(inside[-seen % step :: step].copy())
        seen += len(inside)
    return np.concatenate(picked)


def look_up(table: NDArray[Kind], labels: NDArray[np.integer[Any]]) -> NDArray[Kind]:
    """``table[labels]``, the same to the bit."""
    found = np.empty(labels.shape, table.dtype)
    for rows in bands(labels.shape):
        np.take(table, labels[rows], out=found[rows])
    return found
