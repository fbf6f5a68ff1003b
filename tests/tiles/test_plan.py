from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pathoflow.space import Box, Size
from pathoflow.tiles import Lattice, plan_tiles

corners = st.integers(0, 90)
lengths = st.integers(1, 70)
boxes = st.builds(Box, corners, corners, lengths, lengths)
sides = st.integers(4, 33)
halos = st.integers(0, 12)


@given(boxes, sides, halos)
def test_cores_cover_the_block_exactly_once(block: Box, side: int, halo: int) -> None:
    times = np.zeros(block.size.shape, int)
    for tile in plan_tiles(block, side, halo):
        assert block.contains(tile.core)
        times[tile.core.within(block).slices] += 1
    assert (times == 1).all()


@given(boxes, sides, halos)
def test_every_core_sees_its_halo_and_all_padded_boxes_are_alike(
    block: Box, side: int, halo: int
) -> None:
    for tile in plan_tiles(block, side, halo):
        assert tile.padded.size == Size(side + 2 * halo, side + 2 * halo)
        assert tile.padded.contains(tile.core.grow(halo))


@given(boxes, sides, halos)
def test_a_pixel_is_answered_by_the_same_tile_from_whatever_block(
    block: Box, side: int, halo: int
) -> None:
    """The padded box depends on the pixel's place alone: on the multiple of ``side`` before it."""
    for tile in plan_tiles(block, side, halo):
        core = tile.core
        assert tile.padded.top + halo == core.top // side * side == (core.bottom - 1) // side * side
        assert (
            tile.padded.left + halo == core.left // side * side == (core.right - 1) // side * side
        )


def test_blocks_of_any_side_ask_for_the_same_padded_boxes() -> None:
    size = Size(150, 100)

    def padded(block_side: int) -> set[Box]:
        return {
            tile.padded
            for block in Lattice(size, block_side)
            for tile in plan_tiles(block.box, 16, 5)
        }

    assert padded(16) == padded(48) == padded(160)


def test_only_wanted_cores_are_planned_and_each_is_asked_for_once() -> None:
    block, asked = Box(0, 0, 30, 30), []

    def wanted(core: Box) -> bool:
        asked.append(core)
        return core.top == 10 and core.left != 10

    tiles = plan_tiles(block, 10, 2, wanted)
    assert [t.core for t in tiles] == [Box(10, 0, 10, 10), Box(10, 20, 10, 10)]
    assert [t.padded for t in tiles] == [Box(8, -2, 14, 14), Box(8, 18, 14, 14)]
    assert len(asked) == len(set(asked)) == 9
