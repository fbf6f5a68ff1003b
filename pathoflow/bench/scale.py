"""Does a larger slide cost more than its tissue? Time per tissue and peak memory of whole runs, from small to huge.

Every size is analysed in a process of its own, so that its memory is its own too. Large slides are a small one repeated
(`RepeatedReader`): the share of tissue stays, the pixels are decoded as often as they would be.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from pathoflow.bench.repeated import RepeatedReader
from pathoflow.bench.table import Cell, Table
from pathoflow.pipeline import RunSettings, predict, run_slide
from pathoflow.slide import Slide, open_slide

#: Copies along each axis: a slide of 10,000 px becomes one of 10,000, 20,000, 40,000 and 80,000.
TIMES = (1, 2, 4, 8)


@dataclass(frozen=True, slots=True)
class ScaleCost:
    """What one slide cost."""

    side_px: int
    tissue_mm2: float
    wall_s: float
    cpu_s: float
    peak_gb: float


def bench_scale(
    slide: Path,
    times: Sequence[int] = TIMES,
    settings: RunSettings | None = None,
    maps_only: str | None = None,
    on_size: Callable[[int], None] = lambda side_px: None,
) -> Table:
    """Analyse ``slide`` repeated ``times`` x ``times`` and compare what that costs.

    Parameters
    ----------
    slide
        A slide whose levels end together, such as a painted one of 10,240 px.
    times
        Copies along each axis, one run each.
    settings
        Of the runs.
    maps_only
        A network whose maps are made and nothing else; None is the whole analysis.
    on_size
        Told the side of each slide before it is run.
    """
    settings = settings or RunSettings()
    costs = []
    for n in times:
        with open_slide(slide, settings.mpp) as one:
            on_size(one.size.height * n)
        # A fresh interpreter each: peak memory never falls within one.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            costs.append(process.submit(run_repeated, slide, n, settings, maps_only).result())
    return table_of(costs, {"slide": slide.name, "analysis": maps_only or "whole run"})


def table_of(costs: Sequence[ScaleCost], notes: dict[str, str]) -> Table:
    """One row per size; ratios are to the second row, for the first one pays for what is done once."""
    base = costs[min(1, len(costs) - 1)]
    rows: list[list[Cell]] = [
        [
            f"{cost.side_px:,}",
            cost.tissue_mm2,
            cost.wall_s,
            1000 * cost.wall_s / cost.tissue_mm2,
            (cost.wall_s / cost.tissue_mm2) / (base.wall_s / base.tissue_mm2),
            1000 * cost.cpu_s / cost.tissue_mm2,
            cost.peak_gb,
            cost.peak_gb / base.peak_gb,
        ]
        for cost in costs
    ]
    columns = ["side, px", "tissue, mm²", "wall, s", "wall ms per mm² of tissue", "ratio"]
    columns += ["CPU ms per mm² of tissue", "peak memory, GB", "ratio of memory"]
    return Table("whole slides of growing size", columns, rows, notes)


def run_repeated(
    path: Path, times: int, settings: RunSettings, maps_only: str | None = None
) -> ScaleCost:
    """Analyse one repeated slide in this process and say what it cost; its peak memory is the process's own."""
    with tempfile.TemporaryDirectory() as folder, open_slide(path, settings.mpp) as one:
        slide = Slide(RepeatedReader(one.reader, times), mpp=one.mpp)
        wall, cpu = time.perf_counter(), time.process_time()
        if maps_only is None:
            result = run_slide(slide, folder, settings)
            tissue_um2 = float(result.data["tissue"]["area_um2"])
        else:
            predict(slide, maps_only, Path(folder) / "maps.zarr", settings)
            tissue_um2 = slide.size.area * slide.mpp.pixel_area_um2
        spent = time.perf_counter() - wall, time.process_time() - cpu
        return ScaleCost(slide.size.height, tissue_um2 / 1e6, *spent, peak_gb())


def peak_gb() -> float:
    """Peak memory of this process so far, 10^9 bytes; NaN where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts bytes, Linux kilobytes.
    return peak / (1e9 if sys.platform == "darwin" else 1e6)
