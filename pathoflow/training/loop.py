"""The loop: steps, averages, scores, pictures, checkpoints. Which losses there are is the method's business."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import nn

from pathoflow.data import PatchSet
from pathoflow.networks.card import Normalisation
from pathoflow.training.average import Average
from pathoflow.training.checkpoint import (
    Mark,
    begin_from,
    load_checkpoint,
    load_module,
    save_checkpoint,
    save_module,
)
from pathoflow.training.draws import drawn_by_layers
from pathoflow.training.evaluation import Scores, predictor, score
from pathoflow.training.feed import Feed
from pathoflow.training.journal import Journal
from pathoflow.training.pictures import save_picture, sheet
from pathoflow.training.schedule import Schedule
from pathoflow.training.step import NETWORK, Step, Turn

BEST = "best.safetensors"


@dataclass(frozen=True)
class Judge:
    """Held-out patches and how networks are judged on them."""

    patches: PatchSet
    normalisation: Normalisation
    threshold: float = 0.5

    def score(self, module: nn.Module) -> Scores:
        """Scores of ``module``."""
        return score(predictor(module, self.normalisation), self.patches, self.threshold)


@dataclass(frozen=True)
class Progress:
    """What a caller is told after every step."""

    step: int
    steps: int
    terms: dict[str, float]
    scores: Scores | None = None


@dataclass(frozen=True)
class Fitted:
    """The end of a training."""

    #: The averaged network, of the best scored step or of the last.
    module: nn.Module
    step: int
    scores: Scores


OnStep = Callable[[Progress], None]


@dataclass(frozen=True)
class Run:
    """Where a training leaves its files, and how far it goes."""

    folder: Path
    #: Digest of everything that the weights depend on; a checkpoint of another is refused.
    stamp: str = ""
    on_step: OnStep = lambda progress: None
    #: Stop after this step as if killed there, but with a checkpoint; 0 for the last one.
    until: int = 0
    #: Folder of another training whose checkpoint this one begins from; players that it lacks begin fresh.
    begin: Path | None = None


def fit(method: Step, feed: Feed, judge: Judge, schedule: Schedule, run: Run) -> Fitted:
    """Train until the last step, from wherever ``run.folder`` says that an earlier run got to.

    Raises
    ------
    UsageError
        A checkpoint is damaged or belongs to another training.
    """
    folder = run.folder
    fabric = Fabric(accelerator=schedule.device, devices=1, precision=schedule.precision)
    for player in method.players.values():
        player.module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        optimiser = player.optimisation.optimiser(player.module.parameters())
        player.module, player.optimiser = fabric.setup(player.module, optimiser)
    feed.to(fabric.device)
    # The module itself, without the wrapper that knows the device.
    average = Average(method.players[NETWORK].module.module, schedule.ema)  # type: ignore[arg-type]
    mark = load_checkpoint(folder, run.stamp, method, average)
    if not mark.step and run.begin is not None:
        mark = begin_from(run.begin, run.stamp, method, average)
        if mark.best_step:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(run.begin / BEST, folder / BEST)
    end = run.until or schedule.steps
    journal = Journal(folder, mark.step)
    try:
        for step in range(mark.step + 1, end + 1):
            turn = Turn(
                fabric, feed, step, schedule.steps, method.players, average, schedule.accumulate
            )
            began = time.perf_counter()
            with drawn_by_layers(feed.seed, step):
                for player in method.players.values():
                    player.module.train()
                method(turn)
            average.update(method.players[NETWORK].module, step)
            mark.step = step
            journal.write(step, "loss", turn.terms)
            journal.write(step, "seconds", {**turn.seconds, "step": time.perf_counter() - began})
            last = step == end
            scores = None
            if last or step % schedule.validate_every == 0:
                scores = _judged(judge, average, mark, folder, journal)
            if last or (schedule.picture_every and step % schedule.picture_every == 0):
                _picture(judge, average, step, folder, journal)
            if last or step % schedule.save_every == 0:
                save_checkpoint(folder, mark, method, average)
            run.on_step(Progress(step, schedule.steps, turn.terms, scores))
    finally:
        journal.close()
    return _chosen(judge, average, mark, schedule, folder)


def _judged(judge: Judge, average: Average, mark: Mark, folder: Path, journal: Journal) -> Scores:
    """Score the averaged network, and keep it where it is the best so far."""
    scores = judge.score(average.module)
    journal.write(mark.step, "validation", scores.plain())
    if scores.iou > mark.best:
        mark.best, mark.best_step = scores.iou, mark.step
        save_module(average.module, folder / BEST)
    return scores


def _picture(judge: Judge, average: Average, step: int, folder: Path, journal: Journal) -> None:
    predict = predictor(average.module, judge.normalisation)
    picture = sheet(predict, judge.patches, judge.threshold)
    save_picture(picture, folder / "pictures" / f"step-{step:06d}.png")
    journal.show(step, "held-out patches", picture)


def _chosen(judge: Judge, average: Average, mark: Mark, schedule: Schedule, folder: Path) -> Fitted:
    """The network that is kept: the best that was scored, or the last."""
    step = mark.step
    if schedule.keep == "best" and mark.best_step:
        load_module(average.module, folder / BEST)
        step = mark.best_step
    module = average.module.eval()
    return Fitted(module, step, judge.score(module))
