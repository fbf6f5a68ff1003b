"""Turn a mask into outlines for the pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pathoflow.space import Frame


def trace_mask(
    mask: NDArray[np.bool_], frame: Frame, tolerance_px: float = 0.25
) -> list[list[tuple[float, float]]]:
    """Closed rings around everything set in ``mask``, holes included.

    Parameters
    ----------
    mask
        ``(h, w)``, a grid of ``frame``; coarse is fine (an overview is drawn, nothing is measured).
    frame
        The grid of ``mask``.
    tolerance_px
        How far, in mask pixels, a simplified line may stray.

    Returns
    -------
    list
        Rings of level-0 places (x, y), the first place repeated at the end.
    """
    # Slow to import, and only the pipeline traces.
    from skimage.measure import approximate_polygon, find_contours

    # A rim of zeros closes contours at the border. Taking off 1 undoes the rim, adding 0.5 turns pixel centres into
    # corner coordinates: together -0.5.
    rimmed = np.pad(np.asarray(mask, bool), 1).astype(np.float32)
    rings = []
    for contour in find_contours(rimmed, 0.5):
        kept = approximate_polygon(contour, tolerance_px) - 0.5
        if len(kept) >= 4:
            rings.append([(float(x * frame.scale_x), float(y * frame.scale_y)) for y, x in kept])
    return rings
