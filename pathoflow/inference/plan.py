"""Which blocks of a slide hold tissue, and in which tiles each of them is shown to the networks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pathoflow.inference.settings import InferenceSettings
from pathoflow.inference.target import Target
from pathoflow.tiles import Block, Lattice, Tile, plan_tiles


@dataclass(frozen=True, slots=True)
class BlockPlan:
    """One block and those of its tiles that hold tissue."""

    block: Block
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class SlidePlan:
    """All that is to be predicted of one slide, in order."""

    blocks: tuple[BlockPlan, ...]
    #: Tiles without tissue, which are never read.
    n_skipped: int

    @property
    def n_tiles(self) -> int:
        """Tiles with tissue."""
        return sum(len(planned.tiles) for planned in self.blocks)

    @property
    def area_px(self) -> int:
        """Pixels of the maps under tiles with tissue."""
        return sum(tile.core.size.area for planned in self.blocks for tile in planned.tiles)


def plan_slide(target: Target, settings: InferenceSettings) -> SlidePlan:
    """Blocks with tissue and their tiles with tissue; it depends on slide, tissue and settings alone."""
    halo = max(network.card.halo_px for network in target.networks)
    # Networks halve their input up to five times, so what they see must be a multiple of 32 pixels.
    halo = -(-halo // 16) * 16
    blocks: list[BlockPlan] = []
    n_skipped = 0
    for block in Lattice(target.size, settings.block_px):
        every = plan_tiles(block.box, settings.tile_px, halo)
        tiles = tuple(tile for tile in every if target.tissue.covers(tile.core, target.frame))
        n_skipped += len(every) - len(tiles)
        if tiles:
            blocks.append(BlockPlan(block, tiles))
    return SlidePlan(tuple(blocks), n_skipped)


@dataclass(frozen=True, slots=True)
class Job:
    """Tiles of one block that go through the networks together."""

    block: Block
    tiles: tuple[Tile, ...]
    is_first: bool
    is_last: bool


def jobs_of(blocks: Sequence[BlockPlan], batch: int) -> Iterator[Job]:
    """Batches of at most ``batch`` tiles.

    They never cross blocks, so a block's answer does not depend on which blocks were already done.
    """
    for planned in blocks:
        tiles = planned.tiles
        for at in range(0, len(tiles), batch):
            yield Job(planned.block, tiles[at : at + batch], at == 0, at + batch >= len(tiles))
