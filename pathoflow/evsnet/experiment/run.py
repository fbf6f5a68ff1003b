"""All units of a preset, a few at a time, each in a process of its own; what is finished is not run again."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from pathoflow.evsnet.experiment.cell import Cell
from pathoflow.evsnet.experiment.outcome import Outcome
from pathoflow.evsnet.experiment.plot import plot
from pathoflow.evsnet.experiment.settings import ExperimentSettings, load_preset
from pathoflow.evsnet.experiment.tasks import load_task, why_not
from pathoflow.evsnet.experiment.unit import Unit, read_figures, run_unit
from pathoflow.store.atomic import write_json, write_text


def run_experiment(preset: str, work: Path, say: Callable[[str], None]) -> Outcome:
    """Run what is missing in ``work``; write ``outcome.json``, ``outcome.md`` and ``outcome.png`` there.

    Raises
    ------
    UsageError
        The preset is not known, or its data cannot be used.
    """
    settings = load_preset(preset)
    work.mkdir(parents=True, exist_ok=True)
    not_run = {task.name: why for task in settings.tasks if (why := why_not(task))}
    units = units_of(settings, work, not_run)
    for task in settings.tasks:
        if task.name not in not_run:
            # Painted once here, read by all.
            load_task(task, work / "patches", say)
    if settings.workers < 2:
        for done, unit in enumerate(units, 1):
            run_unit(unit, say)
            say(f"{done} of {len(units)} units are done")
    else:
        _side_by_side(settings.workers, units, say)
    outcome = read_outcome(preset, settings, work, not_run)
    write_json(work / "outcome.json", outcome.plain())
    write_text(work / "outcome.md", outcome.markdown())
    plot(outcome, work / "outcome.png")
    return outcome


def units_of(settings: ExperimentSettings, work: Path, not_run: dict[str, str]) -> list[Unit]:
    """Every unit of the tasks that can be run."""
    return [
        Unit(settings, task, n, seed, work)
        for task in settings.tasks
        if task.name not in not_run
        for n in task.n_labels
        for seed in task.seeds
    ]


def _side_by_side(workers: int, units: list[Unit], say: Callable[[str], None]) -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        jobs = [pool.submit(run_unit, unit) for unit in units]
        for done, job in enumerate(as_completed(jobs), 1):
            job.result()
            say(f"{done} of {len(units)} units are done")


def read_outcome(
    preset: str, settings: ExperimentSettings, work: Path, not_run: dict[str, str]
) -> Outcome:
    """What has been measured in ``work`` so far."""
    cells: dict[tuple[str, int, str], Cell] = {}
    starts: set[str] = set()
    for unit in units_of(settings, work, not_run):
        for arm, figures in read_figures(unit).items():
            starts |= {figures["start"]} if "start" in figures else set()
            for test, scores in figures["tests"].items():
                task = unit.task
                key = (task.name, unit.n_labels, test)
                cell = cells.setdefault(key, Cell(task.name, task.title, unit.n_labels, test, {}))
                cell.seeds.setdefault(arm, {})[unit.seed] = scores
    notes = {
        "network": f"{settings.architecture.builder} {settings.architecture.encoder}",
        "steps": settings.schedule.steps,
        "batch": settings.schedule.batch,
        "crop_px": settings.schedule.augmentation.crop_px,
    }
    if starts:
        notes["bundled vessel network"] = ", ".join(sorted(starts))
    return Outcome(preset, tuple(cells.values()), not_run, notes)
