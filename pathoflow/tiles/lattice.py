"""The lattice of blocks: squares anchored at the slide's origin, the unit of work, of writing and of resuming."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pathoflow.space import Box, Size


@dataclass(frozen=True, slots=True)
class Block:
    """One square of the lattice; ``box`` is cut at the slide's edge."""

    row: int
    column: int
    box: Box

    @property
    def key(self) -> str:
        """Stable name in a ledger."""
        return f"{self.row}-{self.column}"


@dataclass(frozen=True, slots=True)
class Lattice:
    """Blocks of ``side`` pixels over a plane of ``size`` pixels of one frame."""

    size: Size
    side: int

    def __iter__(self) -> Iterator[Block]:
        for piece in self.size.box().pieces(Size(self.side, self.side)):
            yield Block(piece.top // self.side, piece.left // self.side, piece)

    def __len__(self) -> int:
        return -(-self.size.height // self.side) * -(-self.size.width // self.side)
