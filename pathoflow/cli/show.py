"""How a run looks on a terminal (bars) and in a pipe (plain lines)."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from pathoflow.pipeline.progress import OnStep, Step

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
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("")

    def __call__(self, step: Step) -> None:
        self._progress.update(
            self._task,
            description=f"{step.slide_id}: {step.name}",
            total=step.total or None,
            completed=step.done,
        )


class _Lines:
    def __init__(self) -> None:
        self._last: tuple[str, str] = ("", "")
        self._at = 0.0

    def __call__(self, step: Step) -> None:
        now = time.monotonic()
        here = (step.slide_id, step.name)
        if here == self._last and now - self._at < _PLAIN_EVERY_S:
            return
        self._last, self._at = here, now
        share = f" {step.done} of {step.total}" if step.total else ""
        print(f"{step.slide_id}: {step.name}{share}", file=sys.stderr, flush=True)
