"""Fill a lumen: tumour, its look-alikes, blood, serum, and what cannot be told from H&E alone."""

from __future__ import annotations

import numpy as np

from pathoflow.phantom.plan.blood import fill_blood, fill_serum
from pathoflow.phantom.plan.equivocal import fill_equivocal
from pathoflow.phantom.plan.filler import Filler, draw_cell_number, with_ground
from pathoflow.phantom.plan.lookalike import hepatocyte_plug, leucocyte_plug, thrombus
from pathoflow.phantom.plan.plug import grow_plug
from pathoflow.phantom.plan.vessel import ContentName, Contents
from pathoflow.phantom.shapes.outline import WavyRing

__all__ = ["Filler", "draw_cell_number", "fill", "fill_equivocal"]


def fill(
    lumen: WavyRing,
    name: ContentName,
    filler: Filler,
    rng: np.random.Generator,
    wanted_cells: int | None = None,
) -> Contents:
    """Plan what a lumen holds.

    Parameters
    ----------
    lumen
        The vessel's inner outline.
    name
        The content that the truth reports.
    filler
        Seed of the slide's lattices, its tumour nuclei, and how often contents mix.
    rng
        The vessel's own generator.
    wanted_cells
        Tumour cells to hold; None draws a number. A lumen too small for them is filled.
    """
    if name == "empty":
        return Contents("empty")
    if name == "serum":
        return fill_serum(lumen, filler.seed, rng)
    if name == "red_cells":
        return fill_blood(
            lumen, filler.seed, draw_cell_number(rng) / filler.tumour.density_um2, rng
        )
    tumour = filler.cells(filler.tumour, lumen)
    number = draw_cell_number(rng) if wanted_cells is None else max(1, wanted_cells)
    if name == "hepatocytes":
        # Liver that fills a thin-walled vein could not be told from the liver round it.
        number = min(number, max(3, int(0.5 * lumen.area_um2 * filler.tumour.density_um2)))
    plug, cells = grow_plug(lumen, tumour, number, rng)
    if name == "tumour":
        found = [cells]
    elif name == "hepatocytes":
        plug, found = hepatocyte_plug(lumen, filler, plug, rng)
    elif name == "leucocytes":
        plug, found = leucocyte_plug(lumen, filler, plug, rng)
    else:
        plug, found = thrombus(lumen, filler, plug, rng)
    return with_ground(Contents(name, plug, cells=tuple(found)), lumen, filler, rng)
