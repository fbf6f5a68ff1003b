from __future__ import annotations

import numpy as np
import pytest

from pathoflow.phantom.plan.blood import LOOSE, fill_blood, fill_serum, loose_cells
from pathoflow.phantom.plan.vessel import Plug
from pathoflow.phantom.shapes.cells import CellKind
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Point

LUMEN = WavyRing(Point(200.0, 200.0), np.full(ANGLES, 80.0))


def test_loose_cells_are_the_share_asked_for_of_all_that_fit() -> None:
    everything = len(loose_cells(LUMEN, LOOSE, 5, 1.0))
    assert everything == pytest.approx(np.pi * 77**2 * LOOSE.density_um2, rel=0.1)
    assert len(loose_cells(LUMEN, LOOSE, 5, 0.3)) == pytest.approx(0.3 * everything, rel=0.15)


def test_loose_cells_keep_clear_of_a_plug() -> None:
    body = WavyRing(Point(200.0, 200.0), np.full(ANGLES, 40.0))
    cells = loose_cells(LUMEN, LOOSE, 5, 0.8, Plug(body, 2.0, "floating"))
    assert (np.hypot(cells.y_um - 200, cells.x_um - 200) > 40 + cells.radius_um).all()


def test_blood_comes_packed_clotted_loose_and_settled() -> None:
    found = [fill_blood(LUMEN, 5, 3000.0, np.random.default_rng(seed)) for seed in range(80)]
    assert {c.plug.attachment for c in found if c.plug} == {"filling", "adherent"}
    assert {c.plug.tissue for c in found if c.plug} == {"red_cells", "sludge"}
    assert any(c.plug is None for c in found)
    assert any(c.ground == "serum" for c in found)
    assert any(c.count(CellKind.LEUCOCYTE) > 10 for c in found)


def test_settled_blood_lies_on_the_same_side_in_all_veins_of_a_slide() -> None:
    sides = []
    for seed in range(150):
        contents = fill_blood(LUMEN, 5, 3000.0, np.random.default_rng(seed))
        if contents.plug is not None and contents.plug.body.reach_um > 200:
            centre = contents.plug.body.centre_um
            sides.append(np.arctan2(centre.y - 200, centre.x - 200))
    assert len(sides) > 5
    assert np.ptp(sides) < 1e-6


def test_serum_is_a_film_or_fibrin_with_few_cells() -> None:
    found = [fill_serum(LUMEN, 5, np.random.default_rng(seed)) for seed in range(40)]
    assert {c.ground for c in found} == {"serum", "fibrin"}
    assert max(c.count(CellKind.RED_CELL) for c in found) < 0.1 * np.pi * 80**2 * LOOSE.density_um2
