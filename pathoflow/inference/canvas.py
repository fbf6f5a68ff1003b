"""The maps of one block while the answers on its tiles come in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pathoflow.inference.ledger import Entry, checksum
from pathoflow.inference.plan import Job
from pathoflow.inference.target import Target
from pathoflow.store import Pyramid
from pathoflow.tiles import Block


class Canvas:
    """One map per class over a block, and where its pixels could not be read."""

    def __init__(self, block: Block, classes: Sequence[str]) -> None:
        self._block = block
        self._maps = {name: np.zeros(block.box.size.shape, np.uint8) for name in classes}
        #: Made when the first pixel is lost; hardly any slide has one.
        self._lost: NDArray[np.bool_] | None = None
        self._done = self._failed = 0

    def add(self, job: Job, classes: Sequence[str], answers: NDArray[np.uint8]) -> None:
        """Put one network's ``answers`` ``(n, classes, h, w)`` to the middle of each tile of ``job``."""
        for tile, answer in zip(job.tiles, answers, strict=True):
            inside = tile.core.within(tile.padded).slices
            place = tile.core.within(self._block.box).slices
            for name, values in zip(classes, answer, strict=True):
                self._maps[name][place] = values[inside]

    def count(self, job: Job, lost: Sequence[NDArray[np.bool_] | None]) -> None:
        """Count the tiles of ``job`` as done, and mark which of their pixels were ``lost``."""
        self._done += len(job.tiles)
        for tile, missing in zip(job.tiles, lost, strict=True):
            if missing is None or not missing.any():
                continue
            self._failed += 1
            if self._lost is None:
                self._lost = np.zeros(self._block.box.size.shape, bool)
            inside = tile.core.within(tile.padded).slices
            self._lost[tile.core.within(self._block.box).slices] = missing[inside]

    def write(self, target: Target, outputs: Mapping[str, Pyramid]) -> Entry:
        """Write the maps into ``outputs``, 0 outside tissue and where pixels were lost.

        The white put there for the networks looks like a lumen.
        """
        unknown = ~target.tissue.resample(self._block.box, target.frame)
        n_lost = 0
        if self._lost is not None:
            # What lies beside the tissue is no loss.
            n_lost = int(np.count_nonzero(self._lost & ~unknown))
            unknown |= self._lost
        shas = {}
        for name, values in self._maps.items():
            values[unknown] = 0
            outputs[name].write(self._block.box, values)
            shas[name] = checksum(values)
        return Entry(target.key(self._block), shas, self._done, self._failed, n_lost)
