"""Medians of wall and CPU-seconds, several ways in turns, so that a busy minute burdens all of them alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Cost:
    """What one way to do something takes: medians over the rounds."""

    wall_s: float
    #: Of the whole process, all its threads together.
    cpu_s: float


def measure(
    ways: Mapping[str, Callable[[], object]], rounds: int = 3, warm_up: bool = True
) -> dict[str, Cost]:
    """Call each of ``ways`` once per round, in turns, and return the median cost of each by name.

    Parameters
    ----------
    ways
        Functions that do the same work in different ways; what they return is dropped.
    rounds
        How often each is measured.
    warm_up
        Whether each is called once before, unmeasured, so that caches, imports and compilers are done.

    Raises
    ------
    ValueError
        ``rounds`` is less than 1.
    """
    if rounds < 1:
        raise ValueError(f"rounds must be at least 1, got {rounds}")
    if warm_up:
        for way in ways.values():
            way()
    walls: dict[str, list[float]] = {name: [] for name in ways}
    cpus: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            wall, cpu = time.perf_counter(), time.process_time()
            way()
            cpus[name].append(time.process_time() - cpu)
            walls[name].append(time.perf_counter() - wall)
    return {name: Cost(median(walls[name]), median(cpus[name])) for name in ways}
