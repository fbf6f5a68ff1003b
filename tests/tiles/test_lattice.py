from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pathoflow.space import Box, Size
from pathoflow.tiles import Lattice

sides = st.integers(2, 40)
lengths = st.integers(0, 60)


@given(lengths, lengths, sides)
def test_blocks_cover_the_plane_exactly_once(height: int, width: int, side: int) -> None:
    lattice = Lattice(Size(height, width), side)
    times = np.zeros((height, width), int)
    for block in lattice:
        assert not block.box.is_empty
        assert block.box.height <= side
        assert block.box.width <= side
        times[block.box.slices] += 1
    assert (times == 1).all()
    assert len(lattice) == len(list(lattice))


@given(lengths, lengths, sides)
def test_row_and_column_say_where_a_block_begins(height: int, width: int, side: int) -> None:
    for block in Lattice(Size(height, width), side):
        assert (block.box.top, block.box.left) == (block.row * side, block.column * side)


def test_blocks_come_row_by_row_and_are_cut_at_the_edge() -> None:
    blocks = list(Lattice(Size(5, 7), 4))
    assert [b.key for b in blocks] == ["0-0", "0-1", "1-0", "1-1"]
    assert [b.box for b in blocks] == [
        Box(0, 0, 4, 4),
        Box(0, 4, 4, 3),
        Box(4, 0, 1, 4),
        Box(4, 4, 1, 3),
    ]


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 40))
def test_no_two_blocks_share_a_key(height: int, width: int, side: int) -> None:
    keys = [block.key for block in Lattice(Size(height, width), max(side, 8))]
    assert len(set(keys)) == len(keys)


def test_a_plane_without_pixels_has_no_blocks() -> None:
    assert list(Lattice(Size(0, 10), 4)) == []
    assert len(Lattice(Size(0, 10), 4)) == 0
