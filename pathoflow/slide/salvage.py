"""Reading a box of which some pixels cannot be decoded: what can be read, and where nothing could."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import TileUnreadable
from pathoflow.space import Box, Size


def read_what_can_be(
    read: Callable[[Box], NDArray[np.uint8]], box: Box, least_px: int
) -> tuple[NDArray[np.uint8], NDArray[np.bool_] | None]:
    """Read ``box``, and where that fails its quarters, and theirs, down to a side of ``least_px``.

    Returns
    -------
    Pixels, shape ``(h, w, 3)``, white where they could not be read, and where that is, shape ``(h, w)``; None for nowhere.
    """
    try:
        return read(box), None
    except TileUnreadable:
        pass
    pixels = np.full((*box.size.shape, 3), 255, np.uint8)
    lost = np.ones(box.size.shape, bool)
    if max(box.size.shape) > least_px:
        half = Size(*(max(least_px, -(-side // 2)) for side in box.size.shape))
        for piece in box.pieces(half):
            here = piece.within(box).slices
            pixels[here], missing = read_what_can_be(read, piece, least_px)
            lost[here] = False if missing is None else missing
    return pixels, lost
