"""The floor: as little as the job can be done with, written by hand for this one kind of file.

Tiles are decoded straight from the file by the TIFF's own index, the next batch while the network works on this one; the
map is kept for a row of shards and written once, as uint8 zarr in shards of 4096 and chunks of 512. No levels, no
resampling, no checks, no resuming: what an engine adds to this is the price of being one.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import arm
import imagecodecs
import network
import numpy as np
import tifffile
import torch
import zarr

SHARD_PX, CHUNK_PX = 4096, 512


class Level:
    """The first level of a JPEG-tiled TIFF."""

    def __init__(self, path: str) -> None:
        self.descriptor = os.open(path, os.O_RDONLY)
        with tifffile.TiffFile(path) as file:
            page = file.pages[0]
            self.side, self.across = page.tilewidth, page.imagewidth // page.tilewidth
            self.tables = page.jpegtables
            self.offsets, self.counts = page.dataoffsets, page.databytecounts

    def tile(self, y: int, x: int, side: int) -> np.ndarray:
        """A square that consists of whole stored tiles."""
        out = np.empty((side, side, 3), np.uint8)
        for top in range(0, side, self.side):
            for left in range(0, side, self.side):
                at = (y + top) // self.side * self.across + (x + left) // self.side
                data = os.pread(self.descriptor, self.counts[at], self.offsets[at])
                out[top : top + self.side, left : left + self.side] = imagecodecs.jpeg8_decode(
                    data, tables=self.tables, colorspace="YCBCR", outcolorspace="RGB"
                )
        return out


def run(asked: arm.Job) -> None:
    """Decode, predict, write."""
    level, net = Level(str(asked.slide)), network.load(asked.network)
    stored = zarr.create_array(
        asked.out / "map.zarr",
        shape=asked.size_px,
        dtype="uint8",
        shards=(SHARD_PX, SHARD_PX),
        chunks=(CHUNK_PX, CHUNK_PX),
        zarr_format=3,
    )

    def read(batch: np.ndarray) -> np.ndarray:
        return np.stack([level.tile(int(y), int(x), asked.tile_px) for y, x in batch])

    batches = asked.batches()
    strip, top = np.zeros((SHARD_PX, asked.size_px[1]), np.uint8), 0
    with ThreadPoolExecutor(1) as reader:
        waiting = reader.submit(read, batches[0])
        for k, batch in enumerate(batches):
            pixels = waiting.result()
            if k + 1 < len(batches):
                waiting = reader.submit(read, batches[k + 1])
            rgb = torch.from_numpy(pixels).permute(0, 3, 1, 2).float().div_(255)
            answer = (network.probability(net, rgb) * 255).round().to(torch.uint8).numpy()
            for corner, values in zip(batch, answer, strict=True):
                while corner[0] >= top + SHARD_PX:
                    stored[top : top + SHARD_PX] = strip
                    strip[:], top = 0, top + SHARD_PX
                rows, columns = asked.place(corner - (top, 0))
                strip[rows, columns] = values
    stored[top : top + SHARD_PX] = strip[: asked.size_px[0] - top]


if __name__ == "__main__":
    asked = arm.job()
    with arm.measured(len(asked.tiles)) as figures:
        run(asked)
    arm.finish(asked, figures, zarr.open_array(asked.out / "map.zarr", mode="r")[:] > 127)
