from __future__ import annotations

import numpy as np

from pathoflow.phantom import Plan
from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.painter.liver import lattice_cells, liver_tissue, paint_liver, plate_nuclei
from pathoflow.phantom.shapes.cells import HEPATOCYTES
from pathoflow.space import Box

CANVAS = Canvas(Box(400, 400, 300, 300), 0.5)


def test_liver_is_pink_plates_with_pale_sinusoids(plan: Plan) -> None:
    h, e, blood = liver_tissue(plan, CANVAS)
    assert 0.15 < e.mean() < 0.36
    assert h.mean() < 0.4 * e.mean()
    pale = (e < 0.15).mean()
    assert 0.03 < pale < 0.35
    assert (blood >= 0).all()


def test_hepatocyte_nuclei_stand_in_plates(plan: Plan) -> None:
    cells = lattice_cells(plan, CANVAS, HEPATOCYTES)
    kept = plate_nuclei(plan, cells)
    assert 0.6 < len(kept) / len(cells) < 1.0


def test_painting_the_same_place_twice_gives_the_same_dye(plan: Plan) -> None:
    first, second = Canvas(CANVAS.box, 0.5), Canvas(CANVAS.box, 0.5)
    paint_liver(plan, first)
    paint_liver(plan, second)
    assert np.array_equal(first.h, second.h)
    # Nuclei are the only deep blue.
    assert 0.01 < (first.h > 0.3).mean() < 0.25
