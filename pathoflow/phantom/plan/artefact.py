"""What can go wrong with a slide after the tissue was cut, one class per kind.

Every artefact has a shape that the painter measures distances from and the truth turns into a
polygon. What lies beyond the shape's outline by more than `fringe_um` it leaves alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon

from pathoflow.phantom.recipe.spec import PenColour
from pathoflow.phantom.shapes.cells import Extent
from pathoflow.phantom.shapes.outline import WavyRing
from pathoflow.phantom.shapes.square import Square
from pathoflow.phantom.shapes.stroke import Stroke
from pathoflow.space import to_xy

ArtefactKind = Literal[
    "pen",
    "fold",
    "bubble",
    "blur",
    "dust",
    "tear",
    "retraction",
    "dropout",
    "coverslip",
    "stitch",
]
#: Directions of inks in optical density (R, G, B).
PEN_OD: dict[PenColour, tuple[float, float, float]] = {
    "blue": (0.77, 0.60, 0.20),
    "green": (0.82, 0.29, 0.50),
    "red": (0.10, 0.75, 0.65),
    "black": (0.59, 0.59, 0.55),
}


@dataclass(frozen=True, eq=False)
class Artefact:
    """One artefact and the place that it spoils."""

    kind: ArtefactKind
    shape: WavyRing | Stroke | Square
    #: Only of pens.
    colour: PenColour | None = None
    #: How far beyond its outline it still changes pixels.
    fringe_um: float = 0.0

    @property
    def extent_um(self) -> Extent:
        """The box that holds it, fringe included."""
        if isinstance(self.shape, WavyRing):
            centre, reach = self.shape.centre_um, self.shape.reach_um
            whole = Extent(centre.y - reach, centre.x - reach, centre.y + reach, centre.x + reach)
        else:
            whole = self.shape.extent_um
        return whole.grow(self.fringe_um)

    def touches(self, extent: Extent) -> bool:
        """Whether it may change pixels in ``extent``; a long stroke is asked link by link."""
        if not extent.meets(self.extent_um):
            return False
        if isinstance(self.shape, Stroke):
            return len(self.shape.near(extent.grow(self.fringe_um))) > 0
        return True

    def signed_distance(
        self, y_um: NDArray[np.floating], x_um: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """Distance to its outline in µm, negative inside; places broadcast."""
        return self.shape.signed_distance(y_um, x_um)

    def polygon_um(self) -> Polygon:
        """Its outline in (x, y), µm from the slide's corner."""
        if isinstance(self.shape, WavyRing):
            return Polygon(to_xy(self.shape.polygon_um()))
        return self.shape.polygon_um()


@dataclass(frozen=True, eq=False, kw_only=True)
class PenLine(Artefact):
    """A line drawn on the coverslip: a film of ink, streaky and darker along its borders."""

    kind: ArtefactKind = "pen"
    fringe_um: float = 40.0
    shape: Stroke
    colour: PenColour
    #: Optical density of the film along the direction of its colour.
    strength: float
    seed: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Fold(Artefact):
    """A pleat of the section: a second layer of tissue lies on the first."""

    kind: ArtefactKind = "fold"
    fringe_um: float = 6.0
    shape: Stroke
    #: The second layer is the tissue that lies this far away (y, x), µm.
    shift_um: tuple[float, float]
    #: Over this much of the half width the pleat rises on its soft side, the other is sharp.
    slope: float
    #: The second layer lies a little above the focus.
    defocus_um: float
    seed: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Bubble(Artefact):
    """Air under the coverslip: a bright disc, slightly out of focus, in a dark refractive ring."""

    kind: ArtefactKind = "bubble"
    fringe_um: float = 12.0
    shape: WavyRing
    #: Width of the dark ring, inwards from the outline.
    ring_um: float
    #: Optical density of the ring at its darkest.
    strength: float
    #: How far tissue in the disc is bleached, 0 to 1.
    bleach: float
    defocus_um: float


@dataclass(frozen=True, eq=False, kw_only=True)
class BlurDisc(Artefact):
    """An area out of focus, without a border that one could see."""

    kind: ArtefactKind = "blur"
    shape: WavyRing
    #: Standard deviation of the defocus in the middle.
    defocus_um: float
    #: From the outline inwards it takes this long to reach that.
    soft_um: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Dust(Artefact):
    """A fibre (stroke) or a speck (ring) on the coverslip, in focus or not."""

    kind: ArtefactKind = "dust"
    fringe_um: float = 24.0
    shape: Stroke | WavyRing
    #: Optical density of the film, (R, G, B).
    od: tuple[float, float, float]
    #: Standard deviation of its own defocus, up to 7 µm.
    soft_um: float


@dataclass(frozen=True, eq=False, kw_only=True)
class CoverslipEdge(Artefact):
    """The rim of the coverslip: a dark line with a bright one beside it."""

    kind: ArtefactKind = "coverslip"
    fringe_um: float = 30.0
    shape: Stroke
    strength: float


@dataclass(frozen=True, eq=False, kw_only=True)
class StitchLine(Artefact):
    """Where two strips of the scanner meet: beside the line light is a little off."""

    kind: ArtefactKind = "stitch"
    fringe_um: float = 150.0
    shape: Stroke
    #: Relative change of light right of the line; it fades over `fringe_um`.
    gain: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Dropout(Artefact):
    """A tile that the scanner lost: white, or black."""

    kind: ArtefactKind = "dropout"
    shape: Square
    is_black: bool
