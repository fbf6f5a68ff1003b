from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pathoflow.inference import InferenceSettings, plan_slide
from pathoflow.inference.plan import jobs_of
from pathoflow.space import Box

Make = Callable[..., Any]
SETTINGS = InferenceSettings(tile_px=32, block_px=64)


def test_only_blocks_and_tiles_with_tissue_are_planned(
    picture: np.ndarray, make_target: Make, network: Make
) -> None:
    tissue = np.zeros(picture.shape[:2], bool)
    tissue[70, 100] = True
    plan = plan_slide(make_target(network(), tissue=tissue), SETTINGS)
    # Row 70 lies in the second row of blocks and the third row of tiles, column 100 in the second block, fourth tile.
    (planned,) = plan.blocks
    assert (planned.block.row, planned.block.column) == (1, 1)
    assert [tile.core for tile in planned.tiles] == [Box(64, 96, 32, 32)]
    # 5 x 7 tiles cover 150 x 203 pixels.
    assert (plan.n_tiles, plan.n_skipped, plan.area_px) == (1, 34, 32 * 32)


def test_every_tile_shows_the_networks_a_multiple_of_32_pixels(
    make_target: Make, network: Make
) -> None:
    plan = plan_slide(make_target(network(halo_px=7)), SETTINGS)
    sides = {tile.padded.size.shape for planned in plan.blocks for tile in planned.tiles}
    # A halo of 7 becomes 16.
    assert sides == {(64, 64)}


def test_jobs_hold_at_most_a_batch_and_never_cross_blocks(make_target: Make, network: Make) -> None:
    plan = plan_slide(make_target(network()), SETTINGS)
    jobs = list(jobs_of(plan.blocks, 3))
    # Blocks hold 4, 4, 4, 2 tiles in the first two rows and 2, 2, 2, 1 in the last.
    assert [len(job.tiles) for job in jobs] == [3, 1, 3, 1, 3, 1, 2] * 2 + [2, 2, 2, 1]
    assert sum(job.is_first for job in jobs) == sum(job.is_last for job in jobs) == 12
    tiles = [tile for job in jobs for tile in job.tiles]
    assert tiles == [tile for planned in plan.blocks for tile in planned.tiles]
