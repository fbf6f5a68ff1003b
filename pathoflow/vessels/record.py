"""One vessel as found: where it is and how large, before anyone asks what is inside."""

from __future__ import annotations

from dataclasses import dataclass

from shapely import Polygon

from pathoflow.space import Box, Point


@dataclass(frozen=True, slots=True)
class Vessel:
    """A vessel profile: outer wall with everything inside it."""

    #: Stable: the same slide and the same first pixel give the same UUID.
    id: str
    #: Value in ``labels/vessels``.
    label: int
    #: Level-0 pixels, (x, y), without holes.
    outline: Polygon
    centroid: Point
    #: Level-0 box around the outline.
    box: Box
    area_um2: float
    #: Diameter of the circle of the same area.
    equivalent_diameter_um: float
    #: Mean probability inside, 0 to 1; a score as long as the network is not calibrated.
    p_vessel: float
    #: Whether the slide's or the tissue's edge cuts it.
    is_truncated: bool
