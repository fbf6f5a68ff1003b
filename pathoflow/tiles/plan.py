"""The tiles of one block: cores that cover it without overlap, each to be read with a halo around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pathoflow.space import Box, Size


@dataclass(frozen=True, slots=True)
class Tile:
    """``core`` is what this tile answers for; ``padded`` is what the network must see to answer rightly."""

    core: Box
    padded: Box


def plan_tiles(
    block: Box, side: int, halo: int, wanted: Callable[[Box], bool] = lambda _: True
) -> list[Tile]:
    """Tiles of ``side`` pixels, anchored at the frame's origin, whose core shares pixels with ``block``.

    Anchoring makes a tile's place, and with it the network's answer, independent of the block it is asked from. All
    padded boxes have the same size (``side + 2 * halo``), also at the slide's edge, where reading gives white.
    ``wanted`` tells whether a core is worth reading at all (tissue).
    """
    tiles = []
    for piece in block.pieces(Size(side, side)):
        if not wanted(piece):
            continue
        whole = Box(piece.top // side * side, piece.left // side * side, side, side)
        tiles.append(Tile(core=piece, padded=whole.grow(halo)))
    return tiles
