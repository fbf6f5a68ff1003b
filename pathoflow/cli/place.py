"""A place that a person named for what a command writes."""

from __future__ import annotations

from pathlib import Path

from pathoflow.errors import EnvironmentFault, NoSpace, UsageError


def check_place(folder: Path) -> None:
    """Refuse a folder that cannot be written before any work is done; nothing is left behind.

    Raises
    ------
    UsageError
        It cannot be written: whoever named it can name another.
    NoSpace
        The disk is full, which is no fault of the command.
    """
    from pathoflow.store import ensure_writable

    try:
        ensure_writable(folder)
    except NoSpace:
        raise
    except EnvironmentFault as fault:
        raise UsageError(str(fault)) from fault
