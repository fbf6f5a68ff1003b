"""Blood in a lumen: packed, clotted, sludged, settled under its serum, or a few loose cells."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from pathoflow.phantom.plan.vessel import Contents, Ground, Plug, PlugTissue, extent_of
from pathoflow.phantom.shapes.cells import LEUCOCYTES, RED_CELLS, Cells, Lattice, cells_in
from pathoflow.phantom.shapes.noise import seed_of, unit_interval
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing, waves, wavy_ellipse
from pathoflow.space import Point

#: Red cells that float apart from each other.
LOOSE = replace(RED_CELLS, stray_um=2.2)
#: Shares of packed blood, a clot or sludge that has shrunk, loose cells, and settled blood.
_MANNERS, _SHARES = ("packed", "clot", "loose", "settled"), (0.42, 0.26, 0.2, 0.12)
#: Leucocytes caught in blood, as a share of a dense crowd of them.
_CAUGHT = ((0.0, 0.02, 0.08, 0.25), (0.25, 0.45, 0.2, 0.1))


def loose_cells(
    lumen: WavyRing, lattice: Lattice, seed: int, share: float, plug: Plug | None = None
) -> Cells:
    """Cells strewn in what a plug leaves of the lumen, a ``share`` of all that would fit."""
    cells = _lattice_in(lumen, lattice, seed)
    to_lumen = lumen.signed_distance(cells.y_um, cells.x_um)
    keep = (to_lumen < -cells.radius_um) & (unit_interval(cells.bits, 22) < share)
    if plug is not None:
        room = cells.radius_um + (2.0 if plug.attachment == "floating" else 0.3)
        keep &= plug.signed_distance(cells.y_um, cells.x_um, to_lumen) > room
    return cells.where(keep)


def _lattice_in(lumen: WavyRing, lattice: Lattice, seed: int) -> Cells:
    extent = extent_of(lumen.centre_um, lumen.reach_um)
    return cells_in(lattice, extent, seed_of(seed, f"cells {lattice.kind.name}"))


def fill_serum(lumen: WavyRing, seed: int, rng: np.random.Generator) -> Contents:
    """Plasma fixed to a pink film, or fibrin in strands, with few cells."""
    ground: Ground = "serum" if rng.random() < 0.7 else "fibrin"
    cells = loose_cells(lumen, LOOSE, seed, float(rng.uniform(0, 0.07)))
    return Contents("serum", ground=ground, cells=(cells,) if len(cells) else ())


def fill_blood(
    lumen: WavyRing, seed: int, clot_area_um2: float, rng: np.random.Generator
) -> Contents:
    """Plan a vein whose content is red cells.

    Parameters
    ----------
    lumen
        The vessel's inner outline.
    seed
        The slide's seed.
    clot_area_um2
        Area of the body, where the blood has shrunk to a clot.
    rng
        The vessel's own generator.
    """
    manner = _MANNERS[int(rng.choice(4, p=_SHARES))]
    if manner == "loose":
        cells = loose_cells(lumen, LOOSE, seed, float(rng.uniform(0.06, 0.45)))
        return Contents("red_cells", cells=(cells,) if len(cells) else ())
    ground: Ground = "empty"
    tissue: PlugTissue = "red_cells"
    if manner == "packed":
        shrunk = np.abs(waves(rng, rng.uniform(0.02, 0.09), 8))
        plug = Plug(WavyRing(lumen.centre_um, lumen.radius_um * (1.05 - shrunk)), 0.0, "filling")
    elif manner == "clot":
        tissue = "sludge" if rng.random() < 0.5 else "red_cells"
        ground = "serum" if rng.random() < 0.4 else "empty"
        plug = Plug(_clot(lumen, clot_area_um2, rng), float(rng.uniform(0, 2.5)), "adherent")
    else:
        ground = "serum"
        plug = Plug(_settled(lumen, seed, rng), 0.0, "adherent")
    plug = replace(plug, tissue=tissue)
    # Sludged cells have run together: few keep an outline of their own.
    red = _caught(_lattice_in(lumen, RED_CELLS, seed), lumen, plug)
    if tissue == "sludge":
        red = red.where(unit_interval(red.bits, 24) < 0.25)
    white = _caught(_lattice_in(lumen, LEUCOCYTES, seed), lumen, plug)
    share = _CAUGHT[0][int(rng.choice(4, p=_CAUGHT[1]))]
    white = white.where(unit_interval(white.bits, 25) < share)
    return Contents("red_cells", plug, ground, tuple(g for g in (red, white) if len(g)))


def _caught(cells: Cells, lumen: WavyRing, plug: Plug) -> Cells:
    to_lumen = lumen.signed_distance(cells.y_um, cells.x_um)
    depth = plug.signed_distance(cells.y_um, cells.x_um, to_lumen)
    return cells.where((depth < -0.5 * cells.radius_um) & (to_lumen < -0.8 * cells.radius_um))


def _clot(lumen: WavyRing, area_um2: float, rng: np.random.Generator) -> WavyRing:
    radius = math.sqrt(max(min(area_um2, 0.8 * lumen.area_um2), 150.0) / math.pi)
    turn = rng.uniform(0, 2 * np.pi)
    wall = float(lumen.radius_um[int(turn / (2 * np.pi) * ANGLES) % ANGLES])
    away = rng.uniform(0, 1) * max(0.0, wall - 0.6 * radius)
    centre = Point(
        lumen.centre_um.y + away * math.sin(turn), lumen.centre_um.x + away * math.cos(turn)
    )
    aspect = rng.uniform(1.0, 1.8)
    axes = (radius * math.sqrt(aspect), radius / math.sqrt(aspect))
    return wavy_ellipse(rng, centre, axes, rng.uniform(0, np.pi), waves(rng, 0.08, 9))


def _settled(lumen: WavyRing, seed: int, rng: np.random.Generator) -> WavyRing:
    """Blood below its level: the edge of a wide disc; all veins of a slide share one downward."""
    down = seed_of(seed, "down") / 2**32 * 2 * np.pi
    wide = 3.0 * lumen.reach_um
    away = wide + rng.uniform(-0.5, 0.4) * lumen.reach_um
    centre = Point(
        lumen.centre_um.y + away * math.sin(down), lumen.centre_um.x + away * math.cos(down)
    )
    return WavyRing(centre, wide * (1 + 0.25 * waves(rng, 0.01, 20)))
