from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pathoflow.space import Mpp, Size
from pathoflow.store import Pyramid, PyramidSpec, create_pyramid


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
