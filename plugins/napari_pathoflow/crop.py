"""A small piece of a slide to paint in, and back: outlines to pixels, painted pixels to outlines.

napari lets nobody paint on a pyramid, and a brush wants pixels of about its own size: so an outline is drawn on a piece
of a grid that fits it, and read back from there. Outlines are level-0 (x, y).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from pathoflow.errors import UsageError
from pathoflow.space import Box, Frame, Mpp, Size
from pathoflow.space.raster import box_around, paint_outlines
from pathoflow.vessels.trace import trace_level

#: Finer than this no outline is drawn by hand.
_FINEST_UM = 0.5
#: Longest side of a piece: napari paints on it without delay.
_MOST_PX = 2048
#: Free rim around a vessel, as a part of its extent and at least so many µm, so that it can grow.
_RIM, _LEAST_RIM_UM = 0.6, 60.0


@dataclass(frozen=True)
class Crop:
    """A piece of a grid with the painted object in it: 1 inside, 0 elsewhere."""

    #: In pixels of ``frame``.
    box: Box
    frame: Frame
    #: µm per pixel of the piece.
    mpp: Mpp
    labels: NDArray[np.uint8] = field(repr=False)

    @classmethod
    def around(cls, shape: BaseGeometry, slide_mpp: Mpp) -> Crop:
        """The piece that holds a vessel and its surroundings."""
        left, top, right, bottom = shape.bounds
        extent_um = max((right - left) * slide_mpp.x, (bottom - top) * slide_mpp.y)
        rim_um = max(_RIM * extent_um, _LEAST_RIM_UM)
        frame = _frame((extent_um + 2 * rim_um), slide_mpp)
        box = box_around(shape, frame).grow(round(rim_um / frame.mpp(slide_mpp).mean))
        return cls._painted(shape, box, frame, slide_mpp)

    @classmethod
    def whole(cls, shape: BaseGeometry, slide: Size, slide_mpp: Mpp) -> Crop:
        """The whole slide, for its tumour."""
        longest_um = max(slide.height * slide_mpp.y, slide.width * slide_mpp.x)
        frame = _frame(longest_um, slide_mpp)
        return cls._painted(shape, frame.size(slide).box(), frame, slide_mpp)

    @classmethod
    def _painted(cls, shape: BaseGeometry, box: Box, frame: Frame, slide_mpp: Mpp) -> Crop:
        mask = paint_outlines([shape], box, frame)
        return cls(box, frame, frame.mpp(slide_mpp), mask.astype(np.uint8))

    @property
    def place(self) -> dict[str, Any]:
        """Scale and translation in a viewer whose world is µm from the centre of the slide's first pixel."""
        # The grid shares its outer corner with the slide, so centres of its pixels lie half the difference further.
        slide_y, slide_x = self.mpp.y / self.frame.scale_y, self.mpp.x / self.frame.scale_x
        return {
            "scale": (self.mpp.y, self.mpp.x),
            "translate": (
                self.box.top * self.mpp.y + (self.mpp.y - slide_y) / 2,
                self.box.left * self.mpp.x + (self.mpp.x - slide_x) / 2,
            ),
        }

    def outline(self, labels: NDArray[Any]) -> Polygon:
        """The largest painted object, filled.

        Raises
        ------
        UsageError
            Nothing is painted.
        """
        return max(self._parts(labels), key=lambda part: float(part.area))

    def outlines(self, labels: NDArray[Any]) -> BaseGeometry:
        """Everything that is painted, holes left out.

        Raises
        ------
        UsageError
            Nothing is painted.
        """
        # Contours of holes are filled too, so what is covered twice is a hole.
        shape: BaseGeometry = shapely.Polygon()
        for part in sorted(self._parts(labels), key=lambda one: -float(one.area)):
            shape = shape.symmetric_difference(part)
        return shape

    def _parts(self, labels: NDArray[Any]) -> list[Polygon]:
        parts = trace_level(np.asarray(labels) > 0, 0.5, self.box, self.frame)
        if not parts:
            raise UsageError("nothing is painted; paint the outline, or discard the change")
        return parts


def _frame(side_um: float, slide_mpp: Mpp) -> Frame:
    return Frame.at(max(_FINEST_UM, side_um / _MOST_PX), slide_mpp)
