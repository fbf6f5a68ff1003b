"""Where the time of a training step goes: every term of the few-label methods beside the supervised step.

    python benchmarks/training.py [--steps 8] [--rounds 3] [--crop 64 128]

Each way takes the same number of steps beyond the warm-up, in turns, on toy patches (speed does not depend on what they
show), with the network of the ``cpu`` preset and one thread. Writes ``figures/training.json``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric

from pathoflow.bench import Table, measure
from pathoflow.data import PatchSet
from pathoflow.evsnet.experiment import ARMS, load_preset
from pathoflow.evsnet.settings import EvsSettings
from pathoflow.evsnet.step import EvsNet
from pathoflow.networks import build_module
from pathoflow.training import NETWORK, Augmentation, Feed, Schedule, Setup, Turn
from pathoflow.training.average import Average

FIGURES = Path(__file__).parent / "figures"
SHOWN = ("A", "B", "C", "D", "R", "P", "M", "T", "TC")


def patches(n: int, side: int) -> PatchSet:
    """Noise with a square."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (n, side, side, 3), np.uint8)
    masks = np.zeros((n, 1, side, side), bool)
    masks[:, :, side // 4 : side // 2, side // 4 : side // 2] = True
    known = np.ones((n, side, side), bool)
    return PatchSet(pixels, masks, known, ("vessel",), 2.0, ("noise",) * n)


class Way:
    """A method, ready to take steps as the loop takes them."""

    def __init__(self, settings: EvsSettings, crop_px: int) -> None:
        preset = load_preset("cpu")
        self.schedule = Schedule(batch=8, device="cpu", augmentation=Augmentation(crop_px=crop_px))
        own = patches(32, crop_px * 3 // 2)
        self.feed = Feed(own, own.without_labels(), self.schedule.augmentation, batch=8, seed=0)
        module = build_module(preset.architecture, 1).to(memory_format=torch.channels_last)
        # Beyond the warm-up from the first step on, at full weight.
        at_work = replace(settings, warm_share=0.0, ramp_share=0.0)
        setup = Setup(preset.normalisation, self.schedule, True, {})
        self.method = EvsNet(module, setup, at_work)
        self.average = Average(module, 0.99)
        self.fabric = Fabric(accelerator="cpu", devices=1)
        for player in self.method.players.values():
            optimiser = player.optimisation.optimiser(player.module.parameters())
            player.module, player.optimiser = self.fabric.setup(player.module, optimiser)
        self.step = 0
        if settings.teacher.kind == "frozen":
            self.method.maps = self.method._teach(self._turn())

    def _turn(self) -> Turn:
        return Turn(self.fabric, self.feed, self.step, 700, self.method.players, self.average)

    def take(self, n: int) -> None:
        """``n`` steps."""
        for _ in range(n):
            # Every fifth step of the released order does more; all kinds come as often as in life.
            self.step += 1
            self.method(self._turn())
            self.average.update(self.method.players[NETWORK].module, self.step)

    def draw(self, n: int) -> None:
        """Only what is shown: cutting, moving, staining."""
        for step in range(n):
            self.feed.labelled(step)


def main() -> None:
    """Measure, keep, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--steps", type=int, default=10)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--crop", type=int, nargs="+", default=[64, 128])
    given = options.parse_args()
    torch.set_num_threads(1)
    rows: list[list[str | int | float | None]] = []
    for crop_px in given.crop:
        made = {name: Way(ARMS[name].settings, crop_px) for name in SHOWN}
        ways: dict[str, Callable[[], object]] = {
            name: partial(way.take, given.steps) for name, way in made.items()
        }
        ways["labelled patches alone"] = partial(made["A"].draw, given.steps)
        costs = measure(ways, given.rounds)
        base = costs["A"].cpu_s
        for name, cost in costs.items():
            title = ARMS[name].title if name in ARMS else name
            ms = cost.cpu_s / given.steps * 1e3
            rows.append([crop_px, title, ms, 1e3 / ms, cost.cpu_s / base])
            print(rows[-1], flush=True)
    columns = ["crop, px", "way", "CPU ms per step", "steps per CPU-second", "times supervised"]
    notes = {"batch": "8 labelled (+ 8 unlabelled)", "threads": 1, "rounds": given.rounds}
    table = Table("Training", columns, rows, notes)
    (FIGURES / "training.json").write_text(json.dumps(table.plain(), indent=2) + "\n", "utf-8")
    print(table.markdown())


if __name__ == "__main__":
    main()
