"""A field of the slide as a picture: pixels, and the level-0 rectangle they show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pathoflow.space import Box, Frame


@dataclass(frozen=True, slots=True)
class Field:
    """A rectangle of the slide in level-0 pixels; corners need not fall on whole pixels."""

    top_px: float
    left_px: float
    height_px: float
    width_px: float

    def __post_init__(self) -> None:
        if not (self.height_px > 0 and self.width_px > 0):
            raise ValueError(
                f"a field needs a positive height and width, got {self.height_px} x {self.width_px}"
            )

    @classmethod
    def of_box(cls, box: Box, frame: Frame) -> Field:
        """The field that ``box``, in pixels of ``frame``, covers; exact, not rounded to whole pixels."""
        return cls(
            box.top * frame.scale_y,
            box.left * frame.scale_x,
            box.height * frame.scale_y,
            box.width * frame.scale_x,
        )


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels of one field: uint8 RGB of shape ``(h, w, 3)`` at ``mpp`` µm per picture pixel."""

    pixels: NDArray[np.uint8]
    field: Field
    mpp: float

    def __post_init__(self) -> None:
        if self.pixels.ndim != 3 or self.pixels.shape[2] != 3 or self.pixels.dtype != np.uint8:
            raise ValueError(
                f"a picture holds uint8 RGB of shape (h, w, 3), got {self.pixels.dtype} of shape "
                f"{self.pixels.shape}"
            )

    @property
    def height(self) -> int:
        """Rows of picture pixels."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Columns of picture pixels."""
        return int(self.pixels.shape[1])

    @property
    def width_um(self) -> float:
        """Width of the field, µm."""
        return self.width * self.mpp

    def project(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn ``(n, 2)`` level-0 places (x, y) into places (x, y) of this picture, in picture pixels.

        Both grids count from the corner of their first pixel, so a level-0 corner stays a corner.
        """
        scale = np.array([self.width / self.field.width_px, self.height / self.field.height_px])
        origin = np.array([self.field.left_px, self.field.top_px])
        projected: NDArray[np.float64] = (xy - origin) * scale
        return projected
