"""Experiments by name: comparisons of several trainings, found by the entry point ``pathoflow.experiments``.

An entry point names a function ``run(preset, work, say) -> Outcome``; what is finished in the folder ``work`` is not run
again.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol

from pathoflow.errors import UsageError

DOOR = "pathoflow.experiments"


class Outcome(Protocol):
    """What an experiment found."""

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        ...

    def markdown(self) -> str:
        """As a page has it."""
        ...


Experiment = Callable[[str, Path, Callable[[str], None]], Outcome]


def experiment_names() -> list[str]:
    """What can be run."""
    return sorted({point.name for point in entry_points(group=DOOR)})


def find_experiment(name: str) -> Experiment:
    """The experiment ``name``.

    Raises
    ------
    UsageError
        There is none of that name.
    """
    found = [point for point in entry_points(group=DOOR) if point.name == name]
    if not found:
        known = ", ".join(experiment_names()) or "none installed"
        raise UsageError(
            f"experiment {name!r} is not known; give a CONFIG.toml or one of: {known}."
        )
    run: Experiment = found[0].load()
    return run
