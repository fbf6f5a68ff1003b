"""MONAI: `PatchInferer` with its splitter for slides and its merger that writes zarr.

The splitter reads every window of the slide; its filter then keeps those on the common list out of the network. One
probability per pixel is merged instead of two, in chunks of a tile, which is the cheapest it can be asked to do.
"""

from __future__ import annotations

import arm
import network
import numpy as np
import torch
import zarr
from monai.inferers import PatchInferer, WSISlidingWindowSplitter, ZarrAvgMerger

ran: list[int] = []


def run(asked: arm.Job) -> None:
    """Split, predict, merge."""
    net, grid, side = network.load(asked.network), asked.grid(), asked.tile_px

    def wanted(_: torch.Tensor, location: tuple[int, int]) -> bool:
        return bool(grid[location[0] // side, location[1] // side])

    def predict(rgb: torch.Tensor) -> torch.Tensor:
        ran.append(len(rgb))
        return network.probability(net, rgb.float().div(255))[:, None]

    inferer = PatchInferer(
        WSISlidingWindowSplitter(side, filter_fn=wanted, reader="OpenSlide", level=0),
        merger_cls=ZarrAvgMerger,
        batch_size=arm.BATCH,
        store=str(asked.out / "map.zarr"),
        chunks=(1, 1, side, side),
    )
    inferer(str(asked.slide), predict)


if __name__ == "__main__":
    asked = arm.job()
    with arm.measured(0) as figures:
        run(asked)
    figures["tiles"] = sum(ran)
    # Where no window was merged it stores 0 / 0.
    stored = np.nan_to_num(zarr.open_array(asked.out / "map.zarr", mode="r")[0, 0])
    arm.finish(asked, figures, stored > 0.5)
