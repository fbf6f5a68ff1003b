"""Fill a lumen: red cells, serum, leucocytes, hepatocytes or tumour cells.

Bodies of cells come in the same range of sizes whatever they are made of.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from pathoflow.phantom.plan.vessel import Attachment, ContentName, Contents, Ground, Plug, extent_of
from pathoflow.phantom.shapes.cells import (
    HEPATOCYTES,
    LEUCOCYTES,
    RED_CELLS,
    Cells,
    Lattice,
    cells_in,
)
from pathoflow.phantom.shapes.noise import seed_of
from pathoflow.phantom.shapes.outline import WavyRing, waves, wavy_ellipse
from pathoflow.space import Point

_SPARSE_LEUCOCYTES = replace(LEUCOCYTES, spacing_um=52.0, stray_um=16.0, presence=0.5)
#: Numbers of cells in an invaded vessel: log-normal, so that most are small and a few hold
#: hundreds.
_CELLS_MEDIAN, _CELLS_LOG_SD, _CELLS_RANGE = 45.0, 1.1, (8, 900)
#: A body that takes more of its lumen than this fills it; one that takes less than the other may
#: float.
_FILLS, _FLOATS = 0.75, 0.5


@dataclass(frozen=True, slots=True)
class Filler:
    """What `fill` needs besides the lumen: seed, tumour nuclei, how often contents mix."""

    seed: int
    tumour: Lattice
    mixing: float

    def lattice(self, name: ContentName) -> Lattice | None:
        """The lattice that a body of this content is built from."""
        return {
            "tumour": self.tumour,
            "red_cells": RED_CELLS,
            "leucocytes": LEUCOCYTES,
            "hepatocytes": HEPATOCYTES,
        }.get(name)

    def cells(self, lattice: Lattice, lumen: WavyRing, inside: Callable[[Cells], Cells]) -> Cells:
        """The lattice's cells in the lumen that pass ``inside``.

        Kinds of the parenchyma and of the tumour mass use the slide's own lattice, so a plug of
        tumour cells is a piece cut out of the same tissue.
        """
        extent = extent_of(lumen.centre_um, lumen.reach_um)
        return inside(cells_in(lattice, extent, seed_of(self.seed, f"cells {lattice.kind.name}")))


def draw_cell_number(rng: np.random.Generator) -> int:
    """How many cells a body should hold, before the lumen limits it."""
    number = rng.lognormal(math.log(_CELLS_MEDIAN), _CELLS_LOG_SD)
    return int(np.clip(number, *_CELLS_RANGE))


def _body(
    lumen: WavyRing, area_um2: float, attachment: Attachment, rng: np.random.Generator
) -> WavyRing:
    """The outline of a body of about ``area_um2`` in the lumen, before the lumen cuts it."""
    if attachment == "filling":
        # Touches the wall in places and shrinks from it in others.
        return WavyRing(lumen.centre_um, lumen.radius_um * (1.04 - np.abs(waves(rng, 0.07, 8))))
    radius = math.sqrt(area_um2 / math.pi)
    turn = rng.uniform(0, 2 * np.pi)
    wall = float(lumen.radius_um[int(turn / (2 * np.pi) * len(lumen.radius_um))])
    if attachment == "adherent":
        # A disc that the wall cuts through a little inside its centre keeps six tenths of its area.
        radius *= 1.25
        away = max(0.0, wall - rng.uniform(0.2, 0.5) * radius)
    else:
        away = rng.uniform(0, 1) * max(0.0, wall - radius)
    centre = Point(
        lumen.centre_um.y + away * math.sin(turn), lumen.centre_um.x + away * math.cos(turn)
    )
    aspect = rng.uniform(1.0, 1.5)
    axes = (radius * math.sqrt(aspect), radius / math.sqrt(aspect))
    return wavy_ellipse(rng, centre, axes, rng.uniform(0, np.pi), waves(rng, 0.07, 7))


def _attachment(share: float, rng: np.random.Generator) -> Attachment:
    if share > _FILLS:
        return "filling"
    if share < _FLOATS and rng.random() < 0.5:
        return "floating"
    return "adherent"


def _plug_cells(filler: Filler, lattice: Lattice, lumen: WavyRing, plug: Plug) -> Cells:
    """Cells whose nuclei lie in the plug with little more than their edge outside."""

    def inside(cells: Cells) -> Cells:
        to_lumen = lumen.signed_distance(cells.y_um, cells.x_um)
        depth = plug.signed_distance(cells.y_um, cells.x_um, to_lumen)
        return cells.where(depth < -0.7 * cells.radius_um)

    return filler.cells(lattice, lumen, inside)


def _grow_plug(
    filler: Filler, lattice: Lattice, lumen: WavyRing, number: int, rng: np.random.Generator
) -> tuple[Plug, Cells]:
    """A plug that holds about ``number`` cells of the lattice, or as many as the lumen takes."""
    share = number / lattice.density_um2 / lumen.area_um2
    attachment = _attachment(share, rng)
    gap = float(rng.uniform(0.6, 2.5)) if attachment == "floating" else 0.0
    body = _body(lumen, number / lattice.density_um2, attachment, rng)
    while True:
        plug = Plug(body, gap, attachment)
        cells = _plug_cells(filler, lattice, lumen, plug)
        if attachment == "filling" or len(cells) >= 0.8 * number:
            return plug, cells
        if body.reach_um > 2.5 * lumen.reach_um:
            attachment = "filling"
        body = body.scaled(1.12)


def _ground_cells(
    filler: Filler, lumen: WavyRing, plug: Plug | None, share: float
) -> tuple[Cells, ...]:
    """Loose red cells in what the plug leaves of the lumen, a ``share`` of all that would fit."""

    def inside(cells: Cells) -> Cells:
        to_lumen = lumen.signed_distance(cells.y_um, cells.x_um)
        keep = (to_lumen < -cells.radius_um) & (
            cells.bits % np.uint32(1000) < np.uint32(1000 * share)
        )
        if plug is not None:
            keep &= plug.signed_distance(cells.y_um, cells.x_um, to_lumen) > cells.radius_um
        return cells.where(keep)

    loose = filler.cells(RED_CELLS, lumen, inside)
    return (loose,) if len(loose) else ()


def fill(lumen: WavyRing, name: ContentName, filler: Filler, rng: np.random.Generator) -> Contents:
    """Plan what a lumen holds; ``name`` is the content that the truth reports."""
    number = draw_cell_number(rng)
    ground: Ground = "empty"
    if rng.random() < filler.mixing:
        ground = "serum" if rng.random() < 0.5 else "red_cells"
    lattice = filler.lattice(name)
    if lattice is None:
        loose = _ground_cells(filler, lumen, None, 0.04) if name == "serum" else ()
        return Contents(name, ground="serum" if name == "serum" else "empty", cells=loose)
    if name == "red_cells":
        # Blood mostly fills a vein; counted in tumour cells its bodies have the sizes of the other
        # contents.
        ground = "empty"
        whole = rng.random() < 0.6
        area = lumen.area_um2 if whole else number / filler.tumour.density_um2
        number = max(5, int(area * lattice.density_um2))
    if name == "leucocytes":
        number = max(6, int(number / filler.tumour.density_um2 * lattice.density_um2))
    if name == "hepatocytes":
        # Liver that fills a thin-walled vein could not be told from the liver round it.
        number = min(number, max(3, int(0.5 * lumen.area_um2 * lattice.density_um2)))
    plug, cells = _grow_plug(filler, lattice, lumen, number, rng)
    found = [cells]
    if name == "red_cells":
        found.append(_plug_cells(filler, _SPARSE_LEUCOCYTES, lumen, plug))
    if ground == "red_cells":
        found.extend(_ground_cells(filler, lumen, plug, 0.35))
    return Contents(name, plug, ground, tuple(group for group in found if len(group)))
