"""Levels that are read in tiles and kept within a bound."""

from __future__ import annotations

import numpy as np

from napari_pathoflow.tiles import TileCache, TiledLevel
from pathoflow.space import Box, Size


class Counting:
    """A picture whose pixels say where they are, and which counts what is read."""

    def __init__(self) -> None:
        self.boxes: list[Box] = []

    def read_level(self, level: int, box: Box) -> np.ndarray:
        self.boxes.append(box)
        rows, columns = np.mgrid[box.top : box.bottom, box.left : box.right]
        return np.stack([rows % 251, columns % 241, np.full_like(rows, level)], -1).astype(np.uint8)


def test_any_slice_equals_the_same_slice_of_the_whole_picture() -> None:
    source = Counting()
    level = TiledLevel(source, 2, Size(1300, 1500), TileCache())
    whole = source.read_level(2, Box(0, 0, 1300, 1500))
    np.testing.assert_array_equal(level[1000:1100, 1020:1030], whole[1000:1100, 1020:1030])
    np.testing.assert_array_equal(level[1200:, ::50, :], whole[1200:, ::50, :])
    np.testing.assert_array_equal(level[..., 1][:5], whole[:5, :, 1:2])
    np.testing.assert_array_equal(np.asarray(level), whole)


def test_a_step_sideways_reads_only_the_new_tiles() -> None:
    source = Counting()
    level = TiledLevel(source, 0, Size(8192, 8192), TileCache())
    level[0:1024, 0:2048]
    assert len(source.boxes) == 2
    level[0:1024, 500:2500]
    assert [box.left for box in source.boxes] == [0, 1024, 2048]


def test_a_box_without_pixels_reads_nothing() -> None:
    source = Counting()
    level = TiledLevel(source, 0, Size(100, 100), TileCache())
    assert level[40:40, 0:10].shape == (0, 10, 3)
    assert source.boxes == []


def test_the_cache_never_holds_more_than_its_bound_and_forgets_the_longest_unused() -> None:
    cache = TileCache(limit_bytes=3000)
    piece = np.zeros((10, 100), np.uint8)
    for name in "abc":
        cache.put(name, piece)
    cache.get("a")
    cache.put("d", piece)
    assert cache.held_bytes == 3000
    assert "b" not in cache
    assert all(name in cache for name in "acd")


def test_a_piece_larger_than_the_bound_is_made_and_not_kept() -> None:
    cache = TileCache(limit_bytes=10)
    made = cache.recall("big", lambda: np.ones((10, 10), np.uint8))
    assert made.sum() == 100
    assert len(cache) == 0
    assert cache.held_bytes == 0
