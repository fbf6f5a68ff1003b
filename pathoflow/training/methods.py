"""Methods by name: our own and those of other packages come through the same door, the entry point ``pathoflow.steps``.

An entry point names a function ``make(network, setup) -> Step``; see `pathoflow.training.step`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

from torch import nn

from pathoflow.errors import UsageError
from pathoflow.networks.card import Normalisation
from pathoflow.networks.plain import T, from_plain
from pathoflow.training.schedule import Schedule
from pathoflow.training.step import Step

DOOR = "pathoflow.steps"


@dataclass(frozen=True)
class Setup:
    """What a method is made for."""

    normalisation: Normalisation
    schedule: Schedule
    #: Whether there are unlabelled patches.
    has_unlabelled: bool
    #: The config's ``[options]``, as they are written.
    options: dict[str, Any]

    def settings(self, kind: type[T]) -> T:
        """The options as a dataclass.

        Raises
        ------
        UsageError
            Keys are unknown, missing or of the wrong type.
        """
        try:
            return from_plain(self.options, kind)
        except ValueError as error:
            raise UsageError(f"[options] of the config: {error}.") from error


Make = Callable[[nn.Module, Setup], Step]


def method_names() -> list[str]:
    """What ``method`` of a config may be."""
    return sorted({point.name for point in entry_points(group=DOOR)})


def find_method(name: str) -> Make:
    """The maker of the method ``name``.

    Raises
    ------
    UsageError
        There is none of that name, or its package is broken.
    """
    found = [point for point in entry_points(group=DOOR) if point.name == name]
    if not found:
        raise UsageError(f"method {name!r} is not known; use one of {', '.join(method_names())}.")
    try:
        make: Make = found[0].load()
    except (ImportError, AttributeError) as error:
        raise UsageError(
            f"method {name!r} of {found[0].value} cannot be loaded: {error}. Install its package again."
        ) from error
    return make
