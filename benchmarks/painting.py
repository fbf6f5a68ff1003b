"""How fast slides are painted, and what a virtual slide of any size costs.

    python benchmarks/painting.py

Megapixels per CPU-second of one core at 0.5 µm/px, per family: the median over random 1024 px reads in tissue, after a
warm-up. Then a slide of 100,000 x 100,000 px: seconds to plan it, to answer each of twelve random 1024 px reads, and the
peak memory of the process. CPU-seconds, because wall time tells of the neighbours too.
"""

from __future__ import annotations

import json
import resource
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from pathoflow.phantom import PhantomSpec, Plan, paint, plan_slide
from pathoflow.phantom.recipe.family import FAMILIES
from pathoflow.space import Box

FIGURES = Path(__file__).parent / "figures"
SIDE_PX, READS, SEEDS = 1024, 12, (1, 2, 3)
LARGE_PX = 100_000


def reads(plan: Plan, n: int, seed: int) -> list[float]:
    """CPU-seconds of ``n`` random reads whose middle lies in tissue."""
    rng = np.random.default_rng(seed)
    spent: list[float] = []
    while len(spent) < n:
        corner = rng.integers(0, plan.spec.size_px[0] - SIDE_PX, 2)
        middle_um = (corner + SIDE_PX / 2) * plan.spec.mpp
        if plan.tissue.tissue_distance(middle_um[:1], middle_um[1:])[0] > -300:
            continue
        before = time.process_time()
        paint(plan, Box(int(corner[0]), int(corner[1]), SIDE_PX, SIDE_PX))
        spent.append(time.process_time() - before)
    return spent


def measured() -> dict[str, Any]:
    """All figures, the large slide first: peak memory never falls."""
    before = time.process_time()
    large = plan_slide(PhantomSpec(5, (LARGE_PX, LARGE_PX), 0.5, "test"))
    planned = time.process_time() - before
    spent = reads(large, READS, 0)
    figures: dict[str, Any] = {
        "large_px": LARGE_PX,
        "large_vessels": len(large.tree),
        "large_plan_cpu_s": round(planned, 2),
        "large_read_median_cpu_s": round(median(spent), 2),
        "large_read_max_cpu_s": round(max(spent), 2),
        "large_peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }
    for family in FAMILIES:
        rates = []
        for seed in SEEDS:
            plan = plan_slide(PhantomSpec(seed, (20_000, 20_000), 0.5, family))
            reads(plan, 3, 1)
            rates += [SIDE_PX**2 / 1e6 / s for s in reads(plan, READS, 2)]
        low, high = np.percentile(rates, [5, 95])
        figures[f"mpx_per_cpu_s_{family}"] = [round(x, 2) for x in (median(rates), low, high)]
    return figures


def table_of(figures: dict[str, Any]) -> str:
    """The figures as Markdown."""
    rows = ["| what | figure |", "|---|---|"]
    for family in FAMILIES:
        middle, low, high = figures[f"mpx_per_cpu_s_{family}"]
        rows.append(
            f"| painting, family {family}, Mpx per CPU-second of one core: median (5 to 95 %) |"
            f" {middle} ({low} to {high}) |"
        )
    side = f"{figures['large_px']:,}"
    rows += [
        f"| vessels on a slide of {side} x {side} px | {figures['large_vessels']:,} |",
        f"| planning it, CPU-seconds | {figures['large_plan_cpu_s']} |",
        "| a random 1024 px read of it, CPU-seconds: median, longest |"
        f" {figures['large_read_median_cpu_s']}, {figures['large_read_max_cpu_s']} |",
        f"| peak memory of the process, GB | {figures['large_peak_gb']} |",
    ]
    return "\n".join(rows)


def main() -> None:
    """Measure, keep, print."""
    figures = measured()
    text = json.dumps(figures, indent=2) + "\n"
    (FIGURES / "painting.json").write_text(text, encoding="utf-8")
    print(table_of(figures))


if __name__ == "__main__":
    main()
