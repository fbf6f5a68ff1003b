"""Painted tissue for networks to look at: the widest vessel of a slide, and the border of its tumour."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom import Artefacts, PhantomSpec, Truth, plan_slide, training_patch
from pathoflow.space import Box, Frame, Point

#: Painting is slow, so it is not done finer than this.
_FINEST_MPP = 1.0
#: Where tissue lies is looked up on a grid this many times coarser than the tiles.
_COARSE = 8
#: Share of a tile that must be tissue. Nobody asks a network about bare glass, so what it says there proves nothing.
_TISSUE = 0.99


def painted_tiles(mpp: float, side_px: int) -> NDArray[np.uint8]:
    """Two tiles at ``mpp`` µm per pixel, ``(2, side_px, side_px, 3)``; always the same ones.

    Raises
    ------
    ValueError
        There is no tumour or no vessel amid the tissue of the slide that they are cut from.
    """
    step = max(1, round(mpp / _FINEST_MPP))
    # Room for vessels and a tumour, however small the tiles.
    slide_px = step * max(3 * side_px, round(4000 / mpp))
    spec = PhantomSpec(
        seed=11,
        size_px=(slide_px, slide_px),
        mpp=mpp / step,
        family="test",
        artefacts=Artefacts.none(),
    )
    plan = plan_slide(spec)
    truth = Truth(plan)

    def amid_tissue(centres_um: Iterable[Point]) -> Box:
        """The tile around the first of these places around which there is tissue only."""
        for centre in centres_um:
            top, left = (round(place / mpp) - side_px // 2 for place in (centre.y, centre.x))
            coarse = Box(*(v // _COARSE for v in (top, left, side_px, side_px)))
            mask = truth.tissue_mask(coarse, Frame(step * _COARSE, step * _COARSE))
            if mask.mean() >= _TISSUE:
                return Box(top, left, side_px, side_px)
        raise ValueError(f"no tile of {side_px} px lies amid the tissue of the painted slide")

    widest = sorted(plan.vessels, key=lambda vessel: -vessel.diameter_um)
    tumour = plan.tissue.tumour
    border = [] if tumour is None else [Point(*place) for place in tumour.polygon_um()[::8]]
    boxes = (amid_tissue(vessel.outer.centre_um for vessel in widest), amid_tissue(border))
    return np.stack([training_patch(plan, Frame(step, step), box) for box in boxes])
