"""What people write by hand: OpenSlide in a Dataset, a DataLoader, a float map in memory, saved at the end.

``--kind workers`` gives the loader two workers; else it reads in the main process.
"""

from __future__ import annotations

import arm
import network
import numpy as np
import openslide
import torch
from torch.utils.data import DataLoader, Dataset

WORKERS = 2


class Tiles(Dataset):
    """The tiles of a slide as tensors of RGB between 0 and 1, each with its number."""

    def __init__(self, asked: arm.Job) -> None:
        self.asked = asked
        self.slide: openslide.OpenSlide | None = None

    def __len__(self) -> int:
        return len(self.asked.tiles)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        # Opened where it is used: handles do not survive the way into a worker.
        if self.slide is None:
            self.slide = openslide.OpenSlide(self.asked.slide)
        y, x = (int(c) for c in self.asked.tiles[index])
        side = self.asked.tile_px
        rgb = np.array(self.slide.read_region((x, y), 0, (side, side)).convert("RGB"))
        return torch.from_numpy(rgb).permute(2, 0, 1).float() / 255, index


def run(asked: arm.Job) -> None:
    """Read, predict, save."""
    net = network.load(asked.network)
    workers = WORKERS if asked.kind == "workers" else 0
    whole = np.zeros(asked.size_px, np.float32)
    for rgb, indices in DataLoader(Tiles(asked), batch_size=arm.BATCH, num_workers=workers):
        for index, values in zip(indices, network.probability(net, rgb), strict=True):
            whole[asked.place(asked.tiles[index])] = values.numpy()
    np.save(asked.out / "map.npy", whole)


if __name__ == "__main__":
    asked = arm.job()
    with arm.measured(len(asked.tiles)) as figures:
        run(asked)
    arm.finish(asked, figures, np.load(asked.out / "map.npy", mmap_mode="r") > 0.5)
