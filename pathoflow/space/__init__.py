"""Words for places: points, sizes, boxes, micrometres per pixel, and the one frame they are stored in.

Order is (y, x) everywhere; stored positions are level-0 pixels. Only this room multiplies by a scale, and only
`to_xy` / `from_xy` turn to the (x, y) of GeoJSON and shapely.
"""

from pathoflow.space.box import Box, Point, Size
from pathoflow.space.frame import Frame
from pathoflow.space.mpp import Mpp
from pathoflow.space.xy import from_xy, to_xy

__all__ = ["Box", "Frame", "Mpp", "Point", "Size", "from_xy", "to_xy"]
