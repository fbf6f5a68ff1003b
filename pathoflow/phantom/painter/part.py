"""The part of a canvas that a mask marks, so that costly fields are painted there alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.painter.canvas import Canvas, Field
from pathoflow.phantom.shapes.cells import Extent


def marked_part(canvas: Canvas, where: NDArray[np.bool_]) -> Canvas | None:
    """The smallest window that holds all marked pixels, sharing the canvas's dye; None without any.

    ``where`` has the shape of the canvas.
    """
    rows, cols = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
    if not len(rows):
        return None
    top, left, mpp = canvas.box.top, canvas.box.left, canvas.mpp
    # From centre to centre: rounding outwards then adds no row.
    return canvas.window(
        Extent(
            (top + int(rows[0]) + 0.5) * mpp,
            (left + int(cols[0]) + 0.5) * mpp,
            (top + int(rows[-1]) + 0.5) * mpp,
            (left + int(cols[-1]) + 0.5) * mpp,
        )
    )


def cut(field: Field, canvas: Canvas, part: Canvas) -> Field:
    """What a field on ``canvas`` says on a window of it."""
    return field[part.box.within(canvas.box).slices]
