"""What is asked of a run: networks of one µm per pixel, on the tissue of one slide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pathoflow.networks import Network
from pathoflow.slide import Slide
from pathoflow.space import Box, Frame, Size
from pathoflow.tiles import Block


class Mask(Protocol):
    """Where there is tissue; `pathoflow.tissue.TissueMask` is one."""

    def covers(self, box: Box, frame: Frame) -> bool:
        """Whether any tissue lies under ``box``."""

    def resample(self, box: Box, frame: Frame) -> NDArray[np.bool_]:
        """The mask at ``box``'s pixels."""


@dataclass(frozen=True)
class Target:
    """What is asked: these networks, all of one µm per pixel, on this slide's tissue."""

    slide: Slide
    tissue: Mask
    networks: Sequence[Network]

    def __post_init__(self) -> None:
        if len({network.card.mpp for network in self.networks}) != 1:
            raise ValueError("a target needs networks, all of one µm per pixel")
        if len(set(self.classes)) < len(self.classes):
            raise ValueError(f"two networks answer for one class: {', '.join(self.classes)}")

    @property
    def classes(self) -> tuple[str, ...]:
        """What the networks answer for; one map each."""
        return tuple(name for network in self.networks for name in network.card.classes)

    @property
    def mpp(self) -> float:
        """µm per pixel of the networks and of their maps."""
        return self.networks[0].card.mpp

    @property
    def frame(self) -> Frame:
        """Grid of the maps."""
        return Frame.at(self.mpp, self.slide.mpp)

    @property
    def size(self) -> Size:
        """Pixels of the maps."""
        return self.frame.size(self.slide.size)

    @property
    def device_type(self) -> str:
        """Where the networks run: ``cpu`` or ``cuda``."""
        return self.networks[0].device.type

    def key(self, block: Block) -> str:
        """Name of a block's maps in a ledger."""
        return f"{self.mpp:g}/{block.key}"
