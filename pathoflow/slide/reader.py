"""What every reader promises: a few levels of uint8 RGB pixels and what the header says about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from pathoflow.space import Box, Mpp, Size


@dataclass(frozen=True, slots=True)
class Level:
    """One resolution of a pyramid; ``scale_*`` is level-0 pixels per pixel of this level."""

    size: Size
    scale_y: float
    scale_x: float


@dataclass(frozen=True, slots=True)
class SlideInfo:
    """What a file says about itself, without any label or macro image."""

    path: Path
    reader: str
    vendor: str
    size: Size
    levels: tuple[Level, ...]
    mpp: Mpp | None
    #: "header", or "user" once a person has given it.
    mpp_source: str = "header"
    objective_power: float | None = None
    #: Part of level 0 that was scanned, where the file says so (QuPath crops to it).
    bounds: Box | None = None
    #: True for painted slides: every figure drawn from them is synthetic.
    is_synthetic: bool = False
    #: Header entries that are safe to show: scanner and scan facts, never names, dates or identifiers.
    properties: dict[str, str] = field(default_factory=dict)


@runtime_checkable
class SlideReader(Protocol):
    """Pixels of one open slide. Thread-safe; levels go from fine to coarse and level 0 has scale 1."""

    @property
    def info(self) -> SlideInfo:
        """What the header says."""

    def read(self, level: int, box: Box) -> NDArray[np.uint8]:
        """Pixels of ``box``, in pixels of ``level``: shape ``(box.height, box.width, 3)``, RGB.

        What lies outside the image, or was not scanned, is white (255). Raises `TileUnreadable` where pixels that
        should be there cannot be decoded.
        """

    def close(self) -> None:
        """Let go of the file; closing twice is fine."""
