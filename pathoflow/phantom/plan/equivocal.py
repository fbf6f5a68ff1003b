"""Contents that cannot be told from H&E alone: neither invaded nor clean."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from pathoflow.phantom.plan.filler import Filler, draw_cell_number, with_ground
from pathoflow.phantom.plan.plug import grow_plug
from pathoflow.phantom.plan.vessel import Contents, Plug
from pathoflow.phantom.shapes.cells import Cells
from pathoflow.phantom.shapes.noise import unit_interval
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing, waves, wavy_ellipse
from pathoflow.space import Point

_MANNERS, _SHARES = ("detached", "fragment", "degenerate"), (0.35, 0.3, 0.35)
#: Nuclei in a degenerate nest, log-normal: median and spread; and the share not yet faded away.
_NEST_MEDIAN, _NEST_LOG_SD, _NEST_SEEN = 35.0, 0.7, 0.7


def fill_equivocal(lumen: WavyRing, filler: Filler, rng: np.random.Generator) -> Contents:
    """Plan a content that no one can call from H&E alone.

    A handful of detached tumour-like cells, a ragged displaced fragment across the wall, or a
    degenerate nest. It may hold tumour nuclei, and is neither positive nor negative.
    """
    manner = _MANNERS[int(rng.choice(3, p=_SHARES))]
    tumour = filler.cells(filler.tumour, lumen)
    if manner == "detached":
        contents = _detached(lumen, tumour, rng)
    elif manner == "fragment":
        contents = _fragment(lumen, filler, rng)
    else:
        number = int(np.clip(rng.lognormal(math.log(_NEST_MEDIAN), _NEST_LOG_SD), 8, 300))
        plug, cells = grow_plug(lumen, tumour, number, rng)
        # Ghosts: many nuclei of a dying nest have faded away.
        cells = cells.where(unit_interval(cells.bits, 23) < np.float32(_NEST_SEEN))
        contents = Contents("tumour", replace(plug, tissue="degenerate"), cells=(cells,))
    return replace(with_ground(contents, lumen, filler, rng), is_equivocal=True)


def _detached(lumen: WavyRing, tumour: Cells, rng: np.random.Generator) -> Contents:
    """Two to five lone cells near one place of the lumen."""
    room = tumour.where(lumen.signed_distance(tumour.y_um, tumour.x_um) < -(tumour.radius_um + 3.0))
    if not len(room):
        return Contents("tumour")
    number = min(int(rng.integers(2, 6)), len(room))
    first = int(rng.integers(len(room)))
    away = np.hypot(room.y_um - room.y_um[first], room.x_um - room.x_um[first])
    near = np.argsort(away, kind="stable")[: 3 * number]
    picked = np.sort(rng.permutation(near)[:number])
    chosen = np.zeros(len(room), np.bool_)
    chosen[picked] = True
    cells = room.where(chosen)
    bodies = []
    for y, x, radius in zip(cells.y_um, cells.x_um, cells.radius_um, strict=True):
        reach = float(radius) + rng.uniform(1.5, 4.0)
        axes = (1.1 * reach, 0.95 * reach)
        bodies.append(
            wavy_ellipse(
                rng, Point(float(y), float(x)), axes, rng.uniform(0, np.pi), waves(rng, 0.05, 5)
            )
        )
    plug = Plug(bodies[0], 0.5, "floating", others=tuple(bodies[1:]))
    return Contents("tumour", plug, cells=(cells,))


def _fragment(lumen: WavyRing, filler: Filler, rng: np.random.Generator) -> Contents:
    """A ragged scrap that the knife or the water bath laid across the wall."""
    area = min(draw_cell_number(rng) / filler.tumour.density_um2, 0.4 * lumen.area_um2)
    half = math.sqrt(max(area, 400.0) / math.pi)
    # Where the lumen is narrow the fragment can cross the wall and yet end in the vessel's square.
    at = int(np.argmin(lumen.radius_um))
    theta = at * (2 * np.pi / ANGLES)
    away = float(lumen.radius_um[at]) - rng.uniform(-0.1, 0.5) * half
    centre = Point(
        lumen.centre_um.y + away * math.sin(theta), lumen.centre_um.x + away * math.cos(theta)
    )
    ragged = np.clip(waves(rng, 0.22, 16), -0.5, 0.6)
    aspect = rng.uniform(1.1, 2.2)
    axes = (half * math.sqrt(aspect), half / math.sqrt(aspect))
    body = wavy_ellipse(rng, centre, axes, theta + rng.uniform(-0.8, 0.8), ragged)
    body = _within_disc(body, lumen.centre_um, lumen.reach_um + 3.0)
    across = 2.0 * lumen.reach_um
    plug = Plug(body, -across, "adherent")
    cells = filler.cells(filler.tumour, lumen)
    held = cells.where(body.signed_distance(cells.y_um, cells.x_um) < -0.7 * cells.radius_um)
    inside = lumen.signed_distance(held.y_um, held.x_um) < 0
    beyond = held.where(~inside)
    return Contents(
        "tumour",
        plug,
        cells=(held.where(inside),),
        spilled=(beyond,) if len(beyond) else (),
    )


def _within_disc(body: WavyRing, centre_um: Point, reach_um: float) -> WavyRing:
    """The body with every vertex drawn in to a disc that holds its centre."""
    theta = np.arange(ANGLES) * (2 * np.pi / ANGLES)
    dy, dx = body.centre_um.y - centre_um.y, body.centre_um.x - centre_um.x
    along = dy * np.sin(theta) + dx * np.cos(theta)
    room = np.sqrt(np.maximum(along**2 + reach_um**2 - dy**2 - dx**2, 0.0)) - along
    return WavyRing(body.centre_um, np.minimum(body.radius_um, np.maximum(room, 1.0)))
