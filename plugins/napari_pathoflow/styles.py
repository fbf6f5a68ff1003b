"""How things look: one palette that the colour-blind can tell apart, and the keywords of every layer the plugin makes.

The colours are those of Okabe and Ito (2008). No meaning rests on colour alone: verdicts have a sign too.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from pathoflow.mvi import Status

#: What a vessel looks like before anybody has said anything about it.
UNSEEN = "unseen"

#: Verdict -> colour; `UNSEEN` where there is none.
VERDICT_COLOURS: dict[str, str] = {
    UNSEEN: "#56B4E9",
    Status.ACCEPTED: "#D55E00",
    Status.UNCERTAIN: "#F0E442",
    Status.REJECTED: "#5A5A5A",
}
#: Verdict -> sign, for those who see no difference between the colours, and for black-and-white prints.
VERDICT_SIGNS: dict[str, str] = {
    UNSEEN: "○",
    Status.ACCEPTED: "✓",
    Status.UNCERTAIN: "?",
    Status.REJECTED: "✗",
}
TUMOUR_COLOUR = "#009E73"
SELECTED_COLOUR = "#000000"
MEASURE_COLOUR = "#0072B2"
DRAWING_COLOUR = "#000000"
WARNING_COLOUR = "#D55E00"

#: Widths of lines on the screen, pixels; in the slide they shrink as one goes closer.
OUTLINE_PX = 1.6
SELECTED_PX = 3.0
TUMOUR_PX = 2.5


def verdict_colour(verdict: str | None) -> str:
    """The colour of a verdict as ``#rrggbb``."""
    return VERDICT_COLOURS[verdict or UNSEEN]


def verdict_sign(verdict: str | None) -> str:
    """The sign of a verdict."""
    return VERDICT_SIGNS[verdict or UNSEEN]


def rgba(colour: str, alpha: float = 1.0) -> tuple[float, float, float, float]:
    """``#rrggbb`` as four numbers from 0 to 1."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue, alpha


@dataclass(frozen=True, slots=True)
class LineStyle:
    """Lines that are drawn as many short vectors: the quickest thing that napari draws."""

    edge_width: float = 2.0
    vector_style: str = "line"
    length: float = 1.0
    opacity: float = 1.0
    #: Transparent vectors would be drawn twice as bright where they cross.
    blending: str = "translucent"

    def as_kwargs(self) -> dict[str, Any]:
        """Keywords of a Vectors layer."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class MapStyle:
    """A heat map above the slide: where nothing is suspected, nothing is covered."""

    opacity: float = 0.6
    blending: str = "translucent"
    contrast_limits: tuple[float, float] = (0.0, 255.0)
    interpolation2d: str = "linear"

    def as_kwargs(self) -> dict[str, Any]:
        """Keywords of an Image layer."""
        return {**asdict(self), "colormap": HEAT}


#: From transparent to opaque through the dark, red and yellow of "inferno", which reads the same in grey.
HEAT: dict[str, Any] = {
    "name": "pathoflow-heat",
    "colors": [
        [0.00, 0.00, 0.00, 0.0],
        [0.34, 0.06, 0.43, 0.0],
        [0.74, 0.21, 0.33, 0.45],
        [0.98, 0.56, 0.03, 0.55],
        [0.99, 0.90, 0.30, 0.60],
    ],
    "controls": [0.0, 0.25, 0.5, 0.75, 1.0],
}
