"""One unit: a task, a number of labels and a seed, through all arms."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from pathoflow.data import PatchSet
from pathoflow.evsnet.experiment.arms import ALL, ARMS, Arm
from pathoflow.evsnet.experiment.settings import ExperimentSettings, TaskSettings
from pathoflow.evsnet.experiment.tasks import Task, choose_labelled, data_folder, load_task
from pathoflow.evsnet.settings import FEW_LABELS, EvsSettings
from pathoflow.evsnet.step import EvsNet
from pathoflow.evsnet.teacher import averaged_over_views
from pathoflow.networks import build_module
from pathoflow.store.atomic import write_json
from pathoflow.training import Feed, Judge, Run, Schedule, Setup, fit, score
from pathoflow.training.draws import drawn_by_layers
from pathoflow.training.encoder import load_encoder
from pathoflow.training.evaluation import predictor
from pathoflow.training.loop import Fitted

#: Shares of the steps, for all arms alike: those of the methods' own defaults.
_WARM, _WARM_FOLDER = FEW_LABELS.warm_share, "warm"


@dataclass(frozen=True)
class Unit:
    """What is run in one go, in one process."""

    settings: ExperimentSettings
    task: TaskSettings
    n_labels: int
    seed: int
    work: Path

    @property
    def folder(self) -> Path:
        """Where its trainings lie."""
        return self.work / "runs" / self.task.name / f"n{self.n_labels}-seed{self.seed}"

    @property
    def schedule(self) -> Schedule:
        """The experiment's, with this seed."""
        return replace(self.settings.schedule, seed=self.seed, keep="last")


def run_unit(unit: Unit, say: Callable[[str], None] = lambda line: None) -> None:
    """Train and judge every arm whose figures are not there yet; each leaves ``<arm>.json`` in the unit's folder."""
    missing = [name for name in unit.settings.arms if not (unit.folder / f"{name}.json").exists()]
    if not missing:
        return
    torch.set_num_threads(1)
    task = load_task(unit.task, unit.work / "patches", say)
    few = task.pool.take(choose_labelled(task.pool, unit.n_labels, unit.task, unit.seed))
    for name in missing:
        began = time.process_time()
        figures = _judged(unit, name, task, few)
        write_json(
            unit.folder / f"{name}.json",
            {**figures, "cpu_s": round(time.process_time() - began, 1)},
        )
        say(f"{unit.task.name}, {unit.n_labels} labels, seed {unit.seed}: {name}")


def _judged(unit: Unit, name: str, task: Task, few: PatchSet) -> dict[str, Any]:
    """The figures of one arm on every test set."""
    arm = ARMS[name]
    trained = arm.of or name
    labelled = task.pool if arm.labels == "all" else few
    fitted = _trained(unit, trained, task, labelled, best=arm.best)
    predict = predictor(fitted.module, unit.settings.normalisation)
    if arm.views:
        predict = averaged_over_views(predict)
    return {
        "tests": {key: score(predict, patches, 0.5).plain() for key, patches in task.tests.items()},
        "watch": fitted.scores.plain(),
        "step": fitted.step,
    }


def _trained(unit: Unit, name: str, task: Task, labelled: PatchSet, *, best: bool) -> Fitted:
    """The network of an arm, trained now or before; all but the one with all labels begin from one warm-up."""
    schedule = unit.schedule
    feed = Feed(
        labelled,
        task.pool.without_labels(),
        schedule.augmentation,
        batch=schedule.batch,
        seed=unit.seed,
    )
    judge = Judge(task.watch, unit.settings.normalisation)
    warm = Run(unit.folder / _WARM_FOLDER, until=round(_WARM * schedule.steps))
    warm_up = FEW_LABELS
    if name == _WARM_FOLDER:
        return fit(_method(unit, warm_up), feed, judge, schedule, warm)
    if name == ALL:
        return fit(_method(unit, EvsSettings()), feed, judge, schedule, Run(unit.folder / name))
    if not (warm.folder / "checkpoint.safetensors").exists():
        fit(_method(unit, warm_up), feed, judge, schedule, warm)
    arm: Arm = ARMS[name]
    run = Run(unit.folder / name, begin=warm.folder)
    kept = replace(schedule, keep="best" if best else "last")
    return fit(_method(unit, arm.settings), feed, judge, kept, run)


def _method(unit: Unit, settings: EvsSettings) -> EvsNet:
    setup = Setup(unit.settings.normalisation, unit.schedule, True, {})
    return EvsNet(first_module(unit.settings, unit.seed), setup, settings)


def first_module(settings: ExperimentSettings, seed: int) -> nn.Module:
    """The network before its first step; the same for all arms of a seed."""
    with drawn_by_layers(seed):
        module = build_module(settings.architecture, 1)
    root = data_folder()
    if settings.encoder and root is not None:
        load_encoder(module, root / settings.encoder, settings.encoder_sha256)
    return module


def read_figures(unit: Unit) -> dict[str, dict[str, Any]]:
    """Figures of every finished arm, by its name."""
    found = {name: unit.folder / f"{name}.json" for name in unit.settings.arms}
    return {
        name: json.loads(path.read_text("utf-8")) for name, path in found.items() if path.exists()
    }
