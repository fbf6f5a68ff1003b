"""What every way to run a network promises: bytes of pixels in, bytes of probability out."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


class Answer(NamedTuple):
    """What a network says of some tiles."""

    #: ``(n, classes, h, w)``, 255 meaning a probability of 1.
    maps: NDArray[np.uint8]
    #: False where the network computed NaN somewhere, which as a byte would look like an honest 0.
    is_number: bool


class Backend(Protocol):
    """One network, ready to run in one way on one device."""

    @property
    def name(self) -> str:
        """The word that chooses it, such as ``openvino-bf16``."""

    @property
    def dtype(self) -> str:
        """In what it multiplies: ``float32``, ``bfloat16`` or ``float16``."""

    def start(self, pixels: NDArray[np.uint8]) -> Callable[[], Answer]:
        """Begin with ``(n, h, w, 3)`` RGB pixels, writable and in C order; the function returned waits for the answer.

        What cannot be had in memory is an error of the library's own; `Network` words it.
        """

    def rest(self) -> None:
        """Let go of what is only needed while tiles come in; `start` takes it again."""
