"""Painted tissue for networks to look at: the widest vessel of a slide, and the border of its tumour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom import Artefacts, PhantomSpec, plan_slide, training_patch
from pathoflow.space import Box, Frame, Point

#: Painting is slow, so it is not done finer than this.
_FINEST_MPP = 1.0


def painted_tiles(mpp: float, side_px: int) -> NDArray[np.uint8]:
    """Two tiles at ``mpp`` µm per pixel, ``(2, side_px, side_px, 3)``; always the same ones.

    Raises
    ------
    ValueError
        There is no tumour or no vessel on the slide that they are cut from.
    """
    step = max(1, round(mpp / _FINEST_MPP))
    # Room for vessels and a tumour, however small the tiles.
    slide_px = step * max(2 * side_px, round(4000 / mpp))
    spec = PhantomSpec(
        seed=11,
        size_px=(slide_px, slide_px),
        mpp=mpp / step,
        family="test",
        artefacts=Artefacts.none(),
    )
    plan = plan_slide(spec)
    tumour = plan.tissue.tumour
    if tumour is None or not plan.vessels:
        raise ValueError(f"the painted slide of {slide_px} px has no tumour or no vessels")
    widest = max(plan.vessels, key=lambda vessel: vessel.diameter_um)
    centres_um = (widest.outer.centre_um, Point(*tumour.polygon_um()[0]))
    frame = Frame(step, step)
    tiles = []
    for centre in centres_um:
        top, left = (round(place / mpp) - side_px // 2 for place in (centre.y, centre.x))
        tiles.append(training_patch(plan, frame, Box(top, left, side_px, side_px)))
    return np.stack(tiles)
