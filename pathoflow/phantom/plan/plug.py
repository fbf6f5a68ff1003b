"""Grow a body of cells in a lumen: where it sits, its outline, and exactly how many cells it holds.

Bodies of every content are grown by the same rules and counted in the same cells, so neither size
nor outline nor attachment tells what they are made of.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.plan.vessel import Attachment, Plug
from pathoflow.phantom.shapes.cells import CellKind, Cells
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing, waves, wavy_ellipse
from pathoflow.space import Point

#: A body that takes more of its lumen than this fills it; one that takes less than the other may
#: float.
_FILLS, _FLOATS = 0.72, 0.5
#: Cytoplasm outside the outermost nuclei on a free surface, µm.
RIM_UM = 1.4
#: Fewer cells than this are hardly called invasion.
_FEWEST = 5
#: Share of plugs that come in two or three pieces, and the least number of cells for it.
_PIECES_SHARE, _PIECES_CELLS = 0.22, 16
#: Nuclei this near the wall are flattened by that factor.
_FLAT_UM, _FLAT = 3.0, 1.3
_COATED_SHARE, _COAT_EVERY_UM = 0.3, 15.0


def grow_plug(
    lumen: WavyRing, cells: Cells, number: int, rng: np.random.Generator
) -> tuple[Plug, Cells]:
    """A plug that holds exactly ``number`` of the ``cells``, or as many as the lumen takes.

    Parameters
    ----------
    lumen
        The vessel's inner outline.
    cells
        All cells of the tissue that the plug is cut from, at least those in the lumen.
    number
        Cells wanted, 1 or more.
    rng
        Draws seat, outline and pieces.

    Returns
    -------
    tuple[Plug, Cells]
        The plug and those of the cells that lie in it, nuclei inside its outline.
    """
    to_lumen = lumen.signed_distance(cells.y_um, cells.x_um)
    # Nuclei at the wall are pressed against it: nearly their whole radius lies inside.
    fits = to_lumen < -0.9 * cells.radius_um
    if fits.sum() < min(number, _FEWEST):
        # So narrow a lumen squeezes them.
        fits = to_lumen < -0.45 * cells.radius_um
    cells, to_lumen = cells.where(fits), to_lumen[fits]
    share = number / max(len(cells), 1)
    attachment = _attachment(share, rng)
    gap = float(rng.uniform(0.8, 3.0)) if attachment == "floating" else 0.0
    free = to_lumen < -(gap + cells.radius_um)
    if attachment == "floating" and free.sum() < number:
        attachment, gap = "adherent", 0.0
    elif attachment == "floating":
        cells = cells.where(free)
    bodies = _bodies(lumen, share, attachment, number, rng)
    needed = np.min([_scale_for(body, cells) for body in bodies], axis=0)
    order = np.argsort(needed, kind="stable")
    scale = _scale(needed[order], number)
    inside = np.sort(order[:number])
    keep = np.zeros(len(cells), np.bool_)
    keep[inside] = True
    first, *others = (body.scaled(scale) for body in bodies)
    is_coated = attachment != "filling" and rng.random() < _COATED_SHARE
    return Plug(first, gap, attachment, is_coated, others=tuple(others)), pressed(
        cells.where(keep), lumen
    )


def _attachment(share: float, rng: np.random.Generator) -> Attachment:
    if share > _FILLS:
        return "filling"
    if share < _FLOATS and rng.random() < 0.5:
        return "floating"
    return "adherent"


def _scale_for(body: WavyRing, cells: Cells) -> NDArray[np.float64]:
    """By how much the body must grow about its centre to hold each nucleus and a rim round it."""
    rho, turn = body.polar(cells.y_um, cells.x_um)
    at = (turn * ANGLES).astype(int) % ANGLES
    reach = rho + (cells.radius_um + RIM_UM) * body.lean[at]
    return np.asarray(reach / body.radius_um[at], np.float64)


def _scale(needed: NDArray[np.float64], number: int) -> float:
    """A scale that holds ``number`` of the sorted needs and, short of surplus, a little more."""
    if not len(needed):
        return 1.0
    if number >= len(needed):
        return float(needed[-1]) * 1.05
    return float(min(needed[number - 1] * 1.04, 0.5 * (needed[number - 1] + needed[number])))


def _bodies(
    lumen: WavyRing, share: float, attachment: Attachment, number: int, rng: np.random.Generator
) -> list[WavyRing]:
    """Outlines before they are scaled to hold their cells."""
    if attachment == "filling":
        # Touches the wall in places and shrinks from it in others.
        return [WavyRing(lumen.centre_um, lumen.radius_um * (1.04 - np.abs(waves(rng, 0.07, 8))))]
    area = min(share, 1.0) * lumen.area_um2
    parts = np.ones(1)
    if number >= _PIECES_CELLS and rng.random() < _PIECES_SHARE:
        parts = -np.sort(-rng.dirichlet([3.0] * int(rng.integers(2, 4))))
    bodies: list[WavyRing] = []
    for part in parts:
        radius = math.sqrt(area * float(part) / math.pi)
        for _ in range(10):
            body = _seat(lumen, radius, attachment, rng)
            if all(_apart(body, other) for other in bodies):
                break
        bodies.append(body)
    return bodies


def _apart(one: WavyRing, other: WavyRing) -> bool:
    """Whether two bodies surely do not meet."""
    a, b = one.centre_um, other.centre_um
    return math.hypot(a.y - b.y, a.x - b.x) > 1.1 * (one.reach_um + other.reach_um)


def _seat(
    lumen: WavyRing, radius_um: float, attachment: Attachment, rng: np.random.Generator
) -> WavyRing:
    """One body of about the area of a disc of ``radius_um``, on the wall or off it."""
    turn = rng.uniform(0, 2 * np.pi)
    wall = float(lumen.radius_um[int(turn / (2 * np.pi) * ANGLES) % ANGLES])
    if attachment == "adherent":
        # From a dome to a flat crescent along the wall, which cuts off a part of it.
        aspect = rng.uniform(1.0, 2.6)
        radius_um *= 1.25
        away = max(0.0, wall - rng.uniform(0.2, 0.6) * radius_um / math.sqrt(aspect))
        tilt = turn + np.pi / 2 + rng.uniform(-0.2, 0.2)
    else:
        aspect = rng.uniform(1.0, 1.6)
        away = rng.uniform(0, 1) * max(0.0, wall - 1.2 * radius_um)
        tilt = rng.uniform(0, np.pi)
    centre = Point(
        lumen.centre_um.y + away * math.sin(turn), lumen.centre_um.x + away * math.cos(turn)
    )
    axes = (radius_um * math.sqrt(aspect), radius_um / math.sqrt(aspect))
    return wavy_ellipse(rng, centre, axes, tilt, waves(rng, rng.uniform(0.03, 0.09), 7))


def pressed(cells: Cells, lumen: WavyRing) -> Cells:
    """The same cells, flattened along the wall where they lie against it; none grows longer."""
    depth = -lumen.signed_distance(cells.y_um, cells.x_um)
    near = depth < cells.radius_um + _FLAT_UM
    theta = np.arctan2(cells.y_um - lumen.centre_um.y, cells.x_um - lumen.centre_um.x)
    stretch = np.where(near, np.float32(_FLAT), np.float32(1))
    return replace(
        cells,
        radius_um=np.asarray(cells.radius_um / np.sqrt(stretch), np.float32),
        elongation=np.asarray(cells.elongation * stretch, np.float32),
        angle=np.asarray(np.where(near, (theta + np.pi / 2) % np.pi, cells.angle), np.float32),
    )


def coat_cells(lumen: WavyRing, plug: Plug, rng: np.random.Generator) -> Cells:
    """Flat nuclei on the plug's free surface, where it is covered by endothelium of its own."""
    found = [_round(body, rng) for body in plug.bodies]
    y, x, tilt, bits = (np.concatenate(part) for part in zip(*found, strict=True))
    to_lumen = lumen.signed_distance(y, x)
    buried = np.stack([body.signed_distance(y, x) for body in plug.bodies]).min(axis=0)
    keep = (to_lumen < -2.5) & (buried > -2.0)
    number = int(keep.sum())
    return Cells(
        y[keep],
        x[keep],
        rng.uniform(1.6, 2.3, number).astype(np.float32),
        rng.uniform(2.8, 4.8, number).astype(np.float32),
        np.asarray(tilt[keep], np.float32),
        np.asarray(bits[keep], np.uint32),
        CellKind.ENDOTHELIUM,
    )


def _round(body: WavyRing, rng: np.random.Generator) -> tuple[NDArray[np.float64], ...]:
    """Places just inside an outline, evenly strewn, with the outline's own direction there."""
    number = max(3, int(2 * np.pi * float(body.radius_um.mean()) / _COAT_EVERY_UM))
    turn = (np.arange(number) + rng.uniform(-0.35, 0.35, number)) / number
    at = (turn * ANGLES).astype(int) % ANGLES
    line = body.inset(0.6).polygon_um()
    ahead = line[(at + 4) % ANGLES] - line[at - 4]
    tilt = np.arctan2(ahead[:, 0], ahead[:, 1]) % np.pi
    bits = rng.integers(0, 2**32, number).astype(np.float64)
    return line[at, 0], line[at, 1], tilt, bits
