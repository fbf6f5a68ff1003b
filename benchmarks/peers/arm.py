"""What every arm has in common: what it is asked, how it is measured, what it says at the end.

An arm is one script, run as ``python run_NAME.py --slide S --network N --out DIR`` by the Python of its own environment.
It imports its tool, does the job once inside `measured`, and prints one line of JSON. This file needs numpy and torch.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import network
import numpy as np
import torch
from numpy.typing import NDArray

network.declare_operators()

THREADS, BATCH = 2, 8
#: Packages whose versions explain a figure.
NAMED = """torch torchvision numpy zarr tifffile imagecodecs openslide-python openslide-bin pathoflow tiatoolbox lazyslide
    wsidata monai wsinfer tiffslide trident""".split()


@dataclass(frozen=True)
class Job:
    """One slide, the tiles of it that hold tissue, one network, one empty folder."""

    slide: Path
    network: Path
    out: Path
    #: Further words of the command line, for arms that come in several kinds.
    kind: str
    size_px: tuple[int, int]
    tile_px: int
    mpp: float
    #: Upper left corners, (y, x), row by row: ``(n, 2)``.
    tiles: NDArray[np.int64]

    def grid(self) -> NDArray[np.bool_]:
        """The tiles as a mask of one pixel per tile."""
        grid = np.zeros([side // self.tile_px for side in self.size_px], bool)
        grid[tuple((self.tiles // self.tile_px).T)] = True
        return grid

    def batches(self) -> list[NDArray[np.int64]]:
        """The tiles, `BATCH` at a time."""
        return np.split(self.tiles, range(BATCH, len(self.tiles), BATCH))

    def place(self, corner: NDArray[np.int64]) -> tuple[slice, slice]:
        """Where a tile lies on the slide."""
        y, x = (int(c) for c in corner)
        return slice(y, y + self.tile_px), slice(x, x + self.tile_px)


def job() -> Job:
    """Read the command line, empty the output folder, and set torch's threads."""
    options = argparse.ArgumentParser()
    for name in ("slide", "network", "out"):
        options.add_argument(f"--{name}", type=Path, required=True)
    options.add_argument("--kind", default="")
    given = options.parse_args()
    about = json.loads(given.slide.with_suffix(".json").read_text(encoding="utf-8"))
    torch.set_num_threads(THREADS)
    shutil.rmtree(given.out, ignore_errors=True)
    given.out.mkdir(parents=True)
    return Job(
        tiles=np.array(about["tiles"]),
        size_px=tuple(about["size_px"]),
        tile_px=about["tile_px"],
        mpp=about["mpp"],
        **vars(given),
    )


def cpu_s() -> float:
    """CPU-seconds of this process and of its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peak_mb() -> float:
    """Most memory this process ever held; a loader's workers come on top and are not counted."""
    status = Path("/proc/self/status")
    if status.exists():
        # ru_maxrss remembers the process that started this one; the kernel's own mark does not.
        words = status.read_text(encoding="ascii").split("VmHWM:")[1].split()
        return int(words[0]) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


@contextmanager
def measured(tiles: int) -> Iterator[dict[str, Any]]:
    """Measure what happens inside; yields the figures, which are complete afterwards."""
    figures: dict[str, Any] = {"tiles": tiles}
    # All that this process has done so far is to import.
    figures["import_cpu_s"] = round(time.process_time(), 2)
    figures["import_mb"] = round(peak_mb())
    wall, cpu = time.perf_counter(), cpu_s()
    yield figures
    figures["wall_s"] = round(time.perf_counter() - wall, 3)
    figures["cpu_s"] = round(cpu_s() - cpu, 3)
    figures["peak_mb"] = round(peak_mb())


def finish(
    asked: Job, figures: dict[str, Any], mask: NDArray[np.bool_] | None, **more: Any
) -> None:
    """Keep the mask as read back from what the tool stored, and print the figures; nothing here is measured."""
    if mask is not None:
        np.savez_compressed(asked.out / "mask.npz", mask=np.packbits(mask), shape=mask.shape)
    figures |= {"versions": versions(), "threads": torch.get_num_threads(), **more}
    print(json.dumps(figures), flush=True)
    # Some tools leave threads behind that keep the process alive.
    os._exit(0)


def versions() -> dict[str, str]:
    """Versions of the packages that matter, as far as they are here."""
    found = {}
    for name in NAMED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
