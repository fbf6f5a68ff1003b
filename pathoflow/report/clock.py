"""The seven points of sampling as a small clock: four on the tumour's rim, its centre, near and far liver."""

from __future__ import annotations

from dataclasses import dataclass

from pathoflow.mvi import Completeness, Site
from pathoflow.report.both import Both, both, same

#: Drawing area, and the tumour in it.
WIDTH, HEIGHT = 380.0, 220.0
CENTRE = (110.0, 110.0)
RADIUS = 72.0

#: Interface points in the order in which a protocol names them.
_HOURS = (("12", 0.0, -1.0), ("3", 1.0, 0.0), ("6", 0.0, 1.0), ("9", -1.0, 0.0))
#: Points off the rim: the site, where it lies, where its label starts.
_OTHERS = (
    (Site.TUMOUR_CENTRE, CENTRE, (CENTRE[0], CENTRE[1] + 30)),
    (Site.NEAR, (236.0, 60.0), (256.0, 65.0)),
    (Site.FAR, (236.0, 160.0), (256.0, 165.0)),
)


@dataclass(frozen=True, slots=True)
class Dot:
    """One point of sampling."""

    x: float
    y: float
    is_covered: bool
    #: What stands inside it, such as the hour.
    mark: str
    label: Both
    label_x: float
    label_y: float
    #: SVG's word for where the label is held.
    anchor: str


@dataclass(frozen=True, slots=True)
class Clock:
    """All points, and how many interface blocks there are beyond the four."""

    dots: tuple[Dot, ...]
    n_more: int
    sentence: Both


def draw_clock(completeness: Completeness) -> Clock:
    """Fill as many points as there are blocks; which hour a block lies at is not known, so they fill in order."""
    found = {cover.site: cover.n_found for cover in completeness.sites}
    n_interface = found[Site.INTERFACE]
    dots = [
        Dot(
            CENTRE[0] + RADIUS * dx,
            CENTRE[1] + RADIUS * dy,
            index < n_interface,
            hour,
            same(""),
            0,
            0,
            "middle",
        )
        for index, (hour, dx, dy) in enumerate(_HOURS)
    ]
    for site, (x, y), (label_x, label_y) in _OTHERS:
        anchor = "middle" if site is Site.TUMOUR_CENTRE else "start"
        dots.append(Dot(x, y, found[site] > 0, "", both(f"clock.{site}"), label_x, label_y, anchor))
    sentence = both("sampling.points", n=completeness.n_points)
    return Clock(tuple(dots), max(0, n_interface - len(_HOURS)), sentence)
