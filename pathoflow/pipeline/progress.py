"""What a run tells while it works; callers turn it into bars, lines or signals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one slide: its name and how far it is."""

    slide_id: str
    name: str
    done: int = 0
    total: int = 0


#: Name of a slide's last step, whatever became of it.
DONE = "done"

#: Called for every step; may raise to cancel the run, which then resumes where it stopped.
OnStep = Callable[[Step], None]


def silent(_: Step) -> None:
    """Tell nobody."""
