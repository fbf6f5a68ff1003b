"""Joining what block borders cut: which labels on two sides of a face belong together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Pairs of node numbers, shape ``(n, 2)``.
Pairs = NDArray[np.int64]


def touching(one: NDArray[np.int64], other: NDArray[np.int64], diagonal: bool) -> Pairs:
    """Unique pairs of non-zero nodes that face each other along two neighbouring lines of pixels.

    ``one`` and ``other`` are lines of equal length on the two sides of a face. With ``diagonal``, pixels also touch
    those one step along the line.
    """
    pairs = [np.stack([one, other], 1)]
    if diagonal:
        pairs += [np.stack([one[1:], other[:-1]], 1), np.stack([one[:-1], other[1:]], 1)]
    every = np.concatenate(pairs)
    every = every[(every > 0).all(1)]
    return np.unique(every, axis=0) if len(every) else every.reshape(0, 2)
