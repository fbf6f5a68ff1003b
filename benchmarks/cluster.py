"""What several processes bring and cost: the same slides in one process, on one worker, on two, and with workers killed.

    python benchmarks/cluster.py --work DIR [--slides 10] [--rounds 3]

Paints small slides into ``DIR`` (what is there already is not painted again), runs them in all ways in turns, compares
every byte, prints tables of medians and writes ``benchmarks/figures/cluster.json``. The slides are cut into blocks so small
that each has several, which makes the overhead of a block as large as it can be.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from pathoflow.bench import Table
from pathoflow.inference import InferenceSettings
from pathoflow.phantom import PhantomSpec, make_phantom
from pathoflow.pipeline import (
    Cluster,
    Crew,
    OnStep,
    RunSettings,
    Step,
    one_after_the_other,
    run_slides,
)
from pathoflow.pipeline.cluster import local_cluster

FIGURES = Path(__file__).parent / "figures"
SETTINGS = RunSettings(device="cpu", inference=InferenceSettings(tile_px=256, block_px=256))


def paint(folder: Path, n: int) -> list[Path]:
    """Slides of 1.7 x 1.6 mm with vessels and a tumour."""
    paths = [folder / f"slide-{seed}.tiff" for seed in range(1, n + 1)]
    for seed, path in enumerate(paths, start=1):
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            spec = PhantomSpec(
                seed=seed, size_px=(3400, 3200), mpp=0.5, family="test", vessels=7, mvi_vessels=2
            )
            make_phantom(spec, path)
    return paths


class Run:
    """One way through all slides: seconds, CPU-seconds of all processes, and the bytes that came out."""

    def __init__(self, paths: list[Path], out: Path, crew: Crew, on_step: OnStep) -> None:
        before, start = cpu_seconds(), time.perf_counter()
        outcomes = list(run_slides(paths, out, SETTINGS, on_step, crew=crew))
        self.wall_s = time.perf_counter() - start
        # What a killed worker had used is forgotten with it.
        self.cpu_s = cpu_seconds() - before
        bad = [one.slide_id for one in outcomes if one.status == "failed"]
        if bad:
            raise SystemExit(f"failed: {', '.join(bad)}")


def cpu_seconds() -> float:
    """Of this process and of those it has started."""
    me = psutil.Process()
    times = [process.cpu_times() for process in (me, *me.children(recursive=True))]
    return sum(t.user + t.system for t in times)


def digest(out: Path) -> str:
    """One hash over maps, labels, pictures, tables and results, without times."""
    total = hashlib.sha256()
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if path.is_file() and ("analysis.zarr/" in name or path.name == "vessels.csv"):
            total.update(f"{name}\0".encode() + path.read_bytes())
        if path.name == "result.json":
            result = json.loads(path.read_text(encoding="utf-8"))
            for key in ("started_utc", "finished_utc"):
                del result["provenance"][key]
            total.update(json.dumps(result, sort_keys=True).encode())
    return total.hexdigest()


def n_blocks(out: Path) -> int:
    """Blocks of all slides."""
    ledgers = out.glob("*/ledger/blocks.jsonl")
    return sum(path.read_bytes().count(b"\n") - 1 for path in ledgers)


class Killer:
    """Kills a worker when a quarter, half and three quarters of the blocks may be done."""

    def __init__(self, cluster: Any, out: Path, n: int) -> None:
        self._cluster, self._out, self._n = cluster, out, n
        self.killed = 0

    def __call__(self, step: Step) -> None:
        """Kill if it is time."""
        if self.killed == 3 or n_blocks(self._out) < self._n * (self.killed + 1) / 4:
            return
        alive = [nanny.pid for nanny in self._cluster.workers.values() if nanny.pid]
        if alive:
            os.kill(alive[self.killed % len(alive)], signal.SIGKILL)
            self.killed += 1


def silent(_: Step) -> None:
    """Tell nobody."""


@contextmanager
def workers(n: int, paths: list[Path], out: Path) -> Iterator[tuple[Any, float]]:
    """A cluster of ``n`` whose workers have their networks loaded, and how long it took to start."""
    start = time.perf_counter()
    with local_cluster(n) as cluster:
        seconds = time.perf_counter() - start
        crew = Cluster(scheduler=cluster.scheduler_address)
        Run(paths[: 2 * n], out, crew, silent)
        yield cluster, seconds


def figures_of(work: Path, n_slides: int, rounds: int) -> dict[str, Any]:
    """Run every way ``rounds`` times, in turns."""
    paths = paint(work / "slides", n_slides)
    shutil.rmtree(work / "out", ignore_errors=True)
    out = work / "out"
    Run(paths[:1], out / "warm", one_after_the_other, silent)
    runs: dict[str, list[Run]] = {}
    again: dict[str, list[float]] = {}
    digests: set[str] = set()
    starts: dict[str, float] = {}
    with (
        workers(1, paths, out / "warm-1") as (one, starts["1 worker"]),
        workers(2, paths, out / "warm-2") as (two, starts["2 workers"]),
    ):
        crews: dict[str, Crew] = {
            "one process": one_after_the_other,
            "1 worker": Cluster(scheduler=one.scheduler_address),
            "2 workers": Cluster(scheduler=two.scheduler_address),
        }
        for turn in range(rounds):
            for way, crew in crews.items():
                folder = out / f"{way} {turn}".replace(" ", "-")
                runs.setdefault(way, []).append(Run(paths, folder, crew, silent))
                digests.add(digest(folder))
                # Everything is done already: what remains is finding that out, slide by slide.
                again.setdefault(way, []).append(Run(paths, folder, crew, silent).wall_s)
        total = n_blocks(folder)
        folder = out / "killed"
        killer = Killer(two, folder, total)
        killed = Run(paths, folder, crews["2 workers"], killer)
        runs["2 workers, killed 3 times"] = [killed]
        digests.add(digest(folder))
    medians = {
        way: (median(r.wall_s for r in done), median(r.cpu_s for r in done))
        for way, done in runs.items()
    }
    alone_wall, alone_cpu = medians["one process"]
    costs = Table(
        "Slides in several processes",
        ["way", "wall s", "speed to one process", "speed to 1 worker", "CPU s"],
        [
            [
                way,
                wall,
                alone_wall / wall,
                medians["1 worker"][0] / wall,
                None if "killed" in way else cpu,
            ]
            for way, (wall, cpu) in medians.items()
        ],
        {"slides": n_slides, "blocks": total, "cores": os.cpu_count(), "rounds": rounds},
    )
    overhead_cpu = medians["1 worker"][1] - alone_cpu
    passing = (median(again["1 worker"]) - median(again["one process"])) / n_slides
    overhead = Table(
        "What a worker adds",
        ["what", "ms"],
        [
            ["wall to hand out a slide and hear of it (nothing to be done)", 1000 * passing],
            ["CPU per slide, everything together", 1000 * overhead_cpu / n_slides],
            ["CPU per block, everything together", 1000 * overhead_cpu / total],
            ["wall to start 2 workers", 1000 * starts["2 workers"]],
        ],
    )
    return {
        "tables": [costs.plain(), overhead.plain()],
        "text": [costs.markdown(), overhead.markdown()],
        "killed": killer.killed,
        "same_bytes": len(digests) == 1,
    }


def main() -> None:
    """Read the options, run, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--work", type=Path, required=True)
    options.add_argument("--slides", type=int, default=10)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    figures = figures_of(given.work, given.slides, given.rounds)
    print("\n\n".join(figures.pop("text")))
    print(f"\nworkers killed: {figures['killed']}; same bytes in all ways: {figures['same_bytes']}")
    text = json.dumps(figures, indent=2) + "\n"
    (FIGURES / "cluster.json").write_text(text, encoding="utf-8")


# Workers are fresh processes that import this file.
if __name__ == "__main__":
    main()
