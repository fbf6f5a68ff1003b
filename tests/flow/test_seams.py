"""Where the slide is cut into tiles and blocks leaves no trace in the answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from shapely.geometry import shape

from pathoflow.metrics import match_polygons
from pathoflow.store import load_result, open_pyramid


def test_vessels_do_not_depend_on_tiles_and_blocks(analysed: Path, small_blocks: Path) -> None:
    """One tile over everything against 16 tiles in 4 blocks.

    1. The same vessels: F1 of at least 0.99 at an IoU of 0.5.
    2. The same pixels: fewer than 0.1 % of the vessels' pixels differ.
    """
    whole = open_pyramid(analysed / "analysis.zarr", "labels/vessels")
    cut = open_pyramid(small_blocks / "analysis.zarr", "labels/vessels")
    assert whole.size == cut.size
    assert whole.shard_px > max(whole.size.shape)
    assert cut.shard_px == 512 < min(cut.size.shape)

    results = [load_result(folder) for folder in (small_blocks, analysed)]
    found, expected = ([shape(row["outline"]) for row in result.vessels] for result in results)
    assert len(expected) >= 4
    assert match_polygons(found, expected).f1 >= 0.99

    box = whole.size.box()
    differ = (whole.read(box) > 0) != (cut.read(box) > 0)
    assert np.count_nonzero(differ) < 0.001 * np.count_nonzero(whole.read(box))
