"""A backend of which only some classes are wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathoflow.networks.backends.backend import Answer, Backend


@dataclass(frozen=True)
class Narrowed:
    """``whole`` with the maps of ``channels`` alone, in that order."""

    whole: Backend
    channels: tuple[int, ...]

    @property
    def name(self) -> str:
        """That of the whole."""
        return self.whole.name

    @property
    def dtype(self) -> str:
        """That of the whole."""
        return self.whole.dtype

    def start(self, pixels: NDArray[np.uint8]) -> Callable[[], Answer]:
        """As `Backend.start`; the whole network computes, and fewer maps are handed on."""
        wait = self.whole.start(pixels)

        def answer() -> Answer:
            maps, is_number = wait()
            return Answer(maps[:, list(self.channels)], is_number)

        return answer

    def rest(self) -> None:
        """As `Backend.rest`."""
        self.whole.rest()
