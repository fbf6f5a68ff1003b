"""Turn a mask into outlines for the pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pathoflow.space import Frame

#: At 8 µm/px 32 mm, more than the longer side of most slides.
_LARGEST_PX = 4096


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

    # Contours take ten bytes a pixel: of a very large slide every other pixel, from the middle of its square, will do.
    step = 1 + (max(mask.shape) - 1) // _LARGEST_PX
    mask = mask[step // 2 :: step, step // 2 :: step]
    scale_y, scale_x = frame.scale_y * step, frame.scale_x * step
    # A rim of zeros closes contours at the border. Taking off 1 undoes the rim, adding 0.5 turns pixel centres into
    # corner coordinates: together -0.5.
    rimmed = np.pad(np.asarray(mask, bool), 1)
    rings = []
    for contour in find_contours(rimmed, 0.5):
        kept = approximate_polygon(contour, tolerance_px) - 0.5
        if len(kept) >= 4:
            rings.append([(float(x * scale_x), float(y * scale_y)) for y, x in kept])
    return rings
