from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from pathoflow.space import Box, Mpp, Size
from pathoflow.store import Pyramid, PyramidSpec, create_pyramid


class InMemory:
    """As much of a pyramid as reading and writing ask for; the disk is slow for many small ones."""

    def __init__(self, pixels: np.ndarray, n_levels: int = 1) -> None:
        self.arrays = [pixels]
        for _ in range(1, n_levels):
            fine = self.arrays[-1]
            quarters = fine.reshape(fine.shape[0] // 2, 2, fine.shape[1] // 2, 2)
            self.arrays.append(np.round(quarters.mean((1, 3))).astype(fine.dtype))
        self.levels = [SimpleNamespace(size=Size(*array.shape)) for array in self.arrays]
        self.size = self.levels[0].size

    def read(self, box: Box, level: int = 0) -> np.ndarray:
        found = np.zeros(box.size.shape, self.arrays[level].dtype)
        inside = box.intersect(self.levels[level].size.box())
        found[inside.within(box).slices] = self.arrays[level][inside.slices]
        return found

    def write(self, box: Box, pixels: np.ndarray) -> None:
        assert pixels.dtype == self.arrays[0].dtype
        self.arrays[0][box.slices] = pixels


@pytest.fixture
def in_memory() -> type[InMemory]:
    return InMemory


@pytest.fixture
def pyramid(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Pyramid]:
    """Store an array as a pyramid of small shards; labels where its numbers are uint32."""

    def make(pixels: np.ndarray, n_levels: int = 1, shard: int = 32) -> Pyramid:
        folder: Path = tmp_path_factory.mktemp("store")
        name = "labels/vessels" if pixels.dtype == np.uint32 else "probability/vessel"
        spec = PyramidSpec(
            pixels.dtype.name, Mpp.square(2.0), n_levels=n_levels, chunk_px=16, shard_px=shard
        )
        made = create_pyramid(folder / "analysis.zarr", name, Size(*pixels.shape), spec)
        for piece in made.size.box().pieces(Size(shard, shard)):
            if pixels[piece.slices].any():
                made.write(piece, pixels[piece.slices])
        made.build_levels()
        return made

    return make
