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
from pathoflow.errors import UsageError
from pathoflow.evsnet.experiment.arms import ARMS, Arm
from pathoflow.evsnet.experiment.settings import ExperimentSettings, TaskSettings
from pathoflow.evsnet.experiment.tasks import Task, choose_labelled, data_folder, load_task
from pathoflow.evsnet.settings import FEW_LABELS, EvsSettings
from pathoflow.evsnet.step import EvsNet
from pathoflow.evsnet.teacher import averaged_over_views
from pathoflow.networks import build_module, find_network, load_card
from pathoflow.store.atomic import write_json
from pathoflow.training import Feed, Judge, Run, Schedule, Setup, fit, score
from pathoflow.training.draws import drawn_by_layers
from pathoflow.training.encoder import load_encoder, load_start
from pathoflow.training.evaluation import predictor
from pathoflow.training.loop import Fitted

#: Shares of the steps, for all arms alike: those of the methods' own defaults.
_WARM = FEW_LABELS.warm_share
#: Folders of the warm-ups: begun with the encoder's weights, and with a network's.
_WARM_FOLDERS = ("warm", "warm-S")


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
    labelled = task.pool if arm.labels == "all" else few
    fitted = _trained(unit, name, task, labelled)
    predict = predictor(fitted.module, unit.settings.normalisation)
    if arm.views:
        predict = averaged_over_views(predict)
    return {
        "tests": {key: score(predict, patches, 0.5).plain() for key, patches in task.tests.items()},
        "watch": fitted.scores.plain(),
        "step": fitted.step,
        **({"start": _begun_with(arm.start)} if arm.start else {}),
    }


def _trained(unit: Unit, name: str, task: Task, labelled: PatchSet) -> Fitted:
    """The network of an arm, trained now or before; all but the one with all labels begin from one warm-up."""
    arm = ARMS[name]
    schedule = unit.schedule
    feed = Feed(
        labelled,
        task.pool.without_labels(),
        schedule.augmentation,
        batch=schedule.batch,
        seed=unit.seed,
    )
    judge = Judge(task.watch, unit.settings.normalisation)
    if arm.labels == "all":
        return fit(
            _method(unit, arm, EvsSettings()), feed, judge, schedule, Run(unit.folder / name)
        )
    folder = unit.folder / _WARM_FOLDERS[bool(arm.start)]
    warm = Run(folder, until=round(_WARM * schedule.steps))
    if arm.of == folder.name or not (folder / "checkpoint.safetensors").exists():
        fitted = fit(_method(unit, arm, FEW_LABELS), feed, judge, schedule, warm)
        if arm.of == folder.name:
            return fitted
    run = Run(unit.folder / (arm.of or name), begin=folder)
    kept = replace(schedule, keep="best" if arm.best else "last")
    return fit(_method(unit, arm, arm.settings), feed, judge, kept, run)


def _begun_with(network: str) -> str:
    card = load_card(find_network(network))
    return f"{card.name} {card.version}"


def _method(unit: Unit, arm: Arm, settings: EvsSettings) -> EvsNet:
    setup = Setup(unit.settings.normalisation, unit.schedule, True, {})
    return EvsNet(first_module(unit.settings, unit.seed, arm.start), setup, settings)


def first_module(settings: ExperimentSettings, seed: int, start: str = "") -> nn.Module:
    """The network before its first step; the same for all arms of a seed that begin alike.

    Raises
    ------
    UsageError
        The network to start with is built otherwise than the experiment's.
    """
    with drawn_by_layers(seed):
        module = build_module(settings.architecture, 1)
    if start:
        card = load_card(find_network(start))
        if (card.architecture, card.normalisation) != (
            settings.architecture,
            settings.normalisation,
        ):
            raise UsageError(
                f"{start} is no {settings.architecture.builder} {settings.architecture.encoder} as this experiment "
                "trains: leave out the arms that begin with it."
            )
        load_start(module, start)
        return module
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
