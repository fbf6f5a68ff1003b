"""Batches that fit: tiles go to a network as many at a time as its memory holds."""

from __future__ import annotations

import logging
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import OutOfMemory
from pathoflow.networks import Network

_log = logging.getLogger(__name__)

_Wait = Callable[[], NDArray[np.uint8]]


class Feeder:
    """Hands tiles to one network; where memory runs out it halves the batch, for good, and goes on.

    A tile's answer does not depend on those beside it, so smaller batches change nothing but the time they take.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self._most: int | None = None

    def start(self, rgb: NDArray[np.uint8]) -> _Wait:
        """Begin to predict tiles ``(n, h, w, 3)``; what is returned waits for the maps ``(n, classes, h, w)``.

        Raises
        ------
        OutOfMemory
            Not even one tile fits.
        """
        begun = self._begin(rgb)

        def answer() -> NDArray[np.uint8]:
            found = [self._finish(part, wait) for part, wait in begun]
            return found[0] if len(found) == 1 else np.concatenate(found)

        return answer

    def _begin(self, rgb: NDArray[np.uint8]) -> list[tuple[NDArray[np.uint8], _Wait]]:
        """Every part with what waits for it; anew with smaller parts where one does not fit."""
        while True:
            most = min(self._most or len(rgb), len(rgb))
            parts = [rgb[at : at + most] for at in range(0, len(rgb), most)]
            try:
                return [(part, self.network.start(part)) for part in parts]
            except OutOfMemory as error:
                self._halve(most, error)

    def _finish(self, part: NDArray[np.uint8], wait: _Wait) -> NDArray[np.uint8]:
        """The maps of one part; where memory runs out only now, it is begun again in smaller ones."""
        try:
            return wait()
        except OutOfMemory as error:
            self._halve(len(part), error)
        # Here, not above: the error keeps the memory of what failed until it is dropped.
        return self.start(part)()

    def _halve(self, tried: int, error: OutOfMemory) -> None:
        if tried == 1:
            raise error
        self._most = (tried + 1) // 2
        _log.warning(
            "OOM_RETRY: %d tiles at a time do not fit into the memory of %s; going on with %d",
            tried,
            self.network.device,
            self._most,
        )
