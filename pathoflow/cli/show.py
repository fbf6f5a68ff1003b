"""How a run looks on a terminal (bars) and in a pipe (plain lines)."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from pathoflow.cli.sentence import say
from pathoflow.pipeline.progress import DONE, OnStep, Step

if TYPE_CHECKING:
    # Named apart from the bar of the same name.
    from pathoflow.training import Progress as Progressing

# In a pipe, one line per step and one every so many seconds within it.
_PLAIN_EVERY_S = 10.0


@contextmanager
def shown_steps(is_quiet: bool = False) -> Iterator[OnStep]:
    """A listener for `Step`s that shows them as fits where standard error goes."""
    if is_quiet:
        yield lambda step: None
    elif sys.stderr.isatty():
        with _progress() as progress:
            yield _Bars(progress)
    else:
        yield _Lines()


@contextmanager
def shown_share(title: str) -> Iterator[_Share]:
    """A listener for a share from 0 to 1, such as of a slide being painted."""
    with shown_steps() as on_step:
        yield _Share(title, on_step)


@contextmanager
def shown_training(title: str) -> Iterator[Callable[[Progressing], None]]:
    """A listener for the steps of a training: a bar, and on standard error a line for every score."""
    with shown_steps() as on_step:

        def listen(progress: Progressing) -> None:
            on_step(Step(title, "training", progress.step, progress.steps))
            if progress.scores is not None:
                scores = ", ".join(
                    f"{k.replace('_', ' ')} {v:.3f}" for k, v in progress.scores.plain().items()
                )
                say(f"step {progress.step} of {progress.steps}: held-out {scores}")

        yield listen


class _Share:
    def __init__(self, title: str, on_step: OnStep) -> None:
        self._title, self._on_step = title, on_step

    def __call__(self, share: float) -> None:
        self._on_step(Step(self._title, "painting", round(100 * share), 100))


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        # Else the answers would follow the bars to standard error, past the file they are sent to.
        redirect_stdout=sys.stdout.isatty(),
    )


class _Bars:
    """One bar for each slide that is under way."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, step: Step) -> None:
        if step.name == DONE:
            if (task := self._tasks.pop(step.slide_id, None)) is not None:
                self._progress.remove_task(task)
            return
        if step.slide_id not in self._tasks:
            self._tasks[step.slide_id] = self._progress.add_task("")
        self._progress.update(
            self._tasks[step.slide_id],
            description=f"{step.slide_id}: {step.name}",
            total=step.total or None,
            completed=step.done,
        )


class _Lines:
    """Per slide, because several may be under way."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, float]] = {}

    def __call__(self, step: Step) -> None:
        now = time.monotonic()
        name, at = self._last.get(step.slide_id, ("", 0.0))
        if step.name == DONE:
            self._last.pop(step.slide_id, None)
            return
        if step.name == name and now - at < _PLAIN_EVERY_S:
            return
        self._last[step.slide_id] = (step.name, now)
        share = f" {step.done} of {step.total}" if step.total else ""
        print(f"{step.slide_id}: {step.name}{share}", file=sys.stderr, flush=True)
