"""The pixels of a job's tiles, also where some of them cannot be read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import TileUnreadable
from pathoflow.inference.plan import Job
from pathoflow.inference.target import Target
from pathoflow.space import Box, Size

# A damaged tile is read again in pieces of this side, so that only the damaged piece is lost.
_SALVAGE_PX = 128


@dataclass(frozen=True)
class Pixels:
    """Tiles as read: ``(n, h, w, 3)``, and for each where pixels could not be, None for nowhere."""

    rgb: NDArray[np.uint8]
    lost: list[NDArray[np.bool_] | None]


def read_job(target: Target, job: Job) -> Pixels:
    """Read the tiles of ``job``; what cannot be decoded is white and marked as lost."""
    tiles: list[NDArray[np.uint8]] = []
    lost: list[NDArray[np.bool_] | None] = []
    for tile in job.tiles:
        try:
            tiles.append(target.slide.read(tile.padded, mpp=target.mpp))
            lost.append(None)
        except TileUnreadable:
            rgb, missing = _salvage(target, tile.padded)
            tiles.append(rgb)
            lost.append(missing)
    # A single tile needs no copy.
    return Pixels(tiles[0][None] if len(tiles) == 1 else np.stack(tiles), lost)


def _salvage(target: Target, box: Box) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    rgb = np.full((*box.size.shape, 3), 255, np.uint8)
    missing = np.zeros(box.size.shape, bool)
    for piece in box.pieces(Size(_SALVAGE_PX, _SALVAGE_PX)):
        try:
            rgb[piece.within(box).slices] = target.slide.read(piece, mpp=target.mpp)
        except TileUnreadable:
            missing[piece.within(box).slices] = True
    return rgb, missing
