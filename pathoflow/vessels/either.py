"""Two maps of one thing as one: a pixel has the higher of both probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import UsageError
from pathoflow.space import Box, Size


class ProbabilityMap(Protocol):
    """What vessels are labelled on; a `pathoflow.store.Pyramid` of one class is one."""

    @property
    def size(self) -> Size:
        """Of level 0."""

    def read(self, box: Box) -> NDArray[Any]:
        """Probabilities of level 0, 255 meaning 1, shape ``(h, w)``."""


@dataclass(frozen=True)
class Either:
    """The higher of two maps on one grid.

    A vein that a plug fills has no free lumen and often no wall to see: a network for vessels passes it over, one for what
    fills lumina does not, and the other way round.

    Raises
    ------
    UsageError
        The maps differ in size.
    """

    first: ProbabilityMap
    second: ProbabilityMap

    def __post_init__(self) -> None:
        if self.first.size != self.second.size:
            raise UsageError(
                f"Maps of {self.first.size} and {self.second.size} pixels lie on two grids; join maps of one µm per pixel."
            )

    @property
    def size(self) -> Size:
        """Of both."""
        return self.first.size

    def read(self, box: Box) -> NDArray[np.uint8]:
        """As `ProbabilityMap.read`."""
        return np.asarray(np.maximum(self.first.read(box), self.second.read(box)), np.uint8)
