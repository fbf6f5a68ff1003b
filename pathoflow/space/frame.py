"""Frames: pixel grids that share the slide's origin and differ from level 0 by a scale."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pathoflow.space.box import Box, Point, Size
from pathoflow.space.mpp import Mpp

# A slide of 10,000 frame pixels that is 1e-9 too long is rounding, not a further row of pixels.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Frame:
    """A pixel grid anchored at the slide's origin; ``scale_*`` is level-0 pixels per pixel of this grid.

    Pixel ``(i, j)`` covers the level-0 square from ``(i * scale_y, j * scale_x)`` to
    ``((i + 1) * scale_y, (j + 1) * scale_x)``.
    """

    scale_y: float
    scale_x: float

    @classmethod
    def at(cls, mpp: float, slide_mpp: Mpp) -> Frame:
        """The grid of ``mpp`` µm per pixel on a slide of ``slide_mpp``."""
        return cls(mpp / slide_mpp.y, mpp / slide_mpp.x)

    def size(self, level0: Size) -> Size:
        """Pixels of this grid needed to cover a slide of ``level0`` pixels."""
        return Size(
            max(1, math.ceil(level0.height / self.scale_y - _ROUNDING)),
            max(1, math.ceil(level0.width / self.scale_x - _ROUNDING)),
        )

    def to_level0(self, point: Point) -> Point:
        """A place of this grid as a level-0 place."""
        return Point(point.y * self.scale_y, point.x * self.scale_x)

    def from_level0(self, point: Point) -> Point:
        """A level-0 place as a place of this grid."""
        return Point(point.y / self.scale_y, point.x / self.scale_x)

    def box_to_level0(self, box: Box) -> Box:
        """The smallest level-0 box that covers ``box`` of this grid."""
        return Box.spanning(
            math.floor(box.top * self.scale_y + _ROUNDING),
            math.floor(box.left * self.scale_x + _ROUNDING),
            math.ceil(box.bottom * self.scale_y - _ROUNDING),
            math.ceil(box.right * self.scale_x - _ROUNDING),
        )

    def box_from_level0(self, box: Box) -> Box:
        """The smallest box of this grid that covers a level-0 ``box``."""
        return Box.spanning(
            math.floor(box.top / self.scale_y + _ROUNDING),
            math.floor(box.left / self.scale_x + _ROUNDING),
            math.ceil(box.bottom / self.scale_y - _ROUNDING),
            math.ceil(box.right / self.scale_x - _ROUNDING),
        )

    def mpp(self, slide_mpp: Mpp) -> Mpp:
        """Micrometres per pixel of this grid."""
        return Mpp(slide_mpp.y * self.scale_y, slide_mpp.x * self.scale_x)
