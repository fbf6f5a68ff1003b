"""The places that a person named: slides to read, and a folder for what a command writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pathoflow.errors import EnvironmentFault, NoSpace, UsageError

if TYPE_CHECKING:
    from pathoflow.pipeline import Crew


@dataclass(frozen=True, slots=True)
class Places:
    """What a run works on."""

    slides: Sequence[Path]
    #: Folder of all results.
    out: Path
    crew: Crew
    #: How a person knows a path below these.
    name_of: Callable[[Path], str] = str


@contextmanager
def places_of(slides: Sequence[str], out: str, crew: Crew) -> Iterator[Places]:
    """Find slides and check ``out``, each of which may be a path or a URL; copies of what is far are gone after the block.

    Raises
    ------
    UsageError
        A slide is not there, ``out`` cannot be written, or URLs are given to a crew of several processes.
    EnvironmentFault
        The disk is full, a store does not answer, or the library for it is missing.
    """
    from pathoflow.pipeline import find_slides, is_url, one_after_the_other, staged

    if not any(is_url(place) for place in (*slides, out)):
        found = find_slides([Path(slide) for slide in slides])
        check_place(Path(out))
        yield Places(found, Path(out), crew)
        return
    if crew is not one_after_the_other:
        raise UsageError(
            "--workers and --scheduler take no URLs yet; run without them, or give paths of a disk that all workers see."
        )
    with staged(slides, out) as remote:
        if not is_url(out):
            check_place(remote.out)
        yield Places(remote.paths, remote.out, remote, remote.name_of)


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
