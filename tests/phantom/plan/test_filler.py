from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from pathoflow.phantom.plan.filler import Filler, with_ground
from pathoflow.phantom.plan.growth import Growth
from pathoflow.phantom.plan.look import draw_look
from pathoflow.phantom.plan.vessel import Contents, Plug
from pathoflow.phantom.recipe.family import FAMILIES
from pathoflow.phantom.shapes.cells import LEUCOCYTES, CellKind, tumour_lattice
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Point

FILLER = Filler(seed=3, tumour=tumour_lattice(0.5), mixing=0.5)
LUMEN = WavyRing(Point(200.0, 200.0), np.full(ANGLES, 80.0))
PLUG = Plug(WavyRing(Point(200.0, 200.0), np.full(ANGLES, 40.0)), 1.0, "floating", True)


def test_cells_of_a_plug_lie_in_it() -> None:
    cells = FILLER.in_plug(LEUCOCYTES, LUMEN, PLUG)
    assert len(cells) == pytest.approx(np.pi * 37.5**2 * LEUCOCYTES.density_um2, rel=0.25)
    assert (np.hypot(cells.y_um - 200, cells.x_um - 200) < 40 - 0.7 * cells.radius_um).all()


@pytest.mark.parametrize("mixing", [0.0, 0.4, 1.0])
def test_mixing_is_the_share_of_veins_with_something_round_the_plug(mixing: float) -> None:
    filler = replace(FILLER, mixing=mixing)
    found = [
        with_ground(Contents("tumour", PLUG), LUMEN, filler, np.random.default_rng(seed)).ground
        for seed in range(120)
    ]
    assert np.mean([ground != "empty" for ground in found]) == pytest.approx(mixing, abs=0.12)
    if mixing == 1.0:
        assert set(found) == {"serum", "fibrin", "red_cells"}


def test_a_coated_plug_gets_endothelium_and_a_bare_one_none() -> None:
    rng = np.random.default_rng(0)
    coated = with_ground(Contents("tumour", PLUG), LUMEN, FILLER, rng)
    assert coated.count(CellKind.ENDOTHELIUM) > 8
    bare = Contents("tumour", replace(PLUG, is_coated=False))
    assert with_ground(bare, LUMEN, FILLER, rng).count(CellKind.ENDOTHELIUM) == 0


def test_nuclei_that_step_aside_for_sinusoids_stay_apart_from_each_other() -> None:
    family = FAMILIES["test"]
    look = draw_look(family, 0.0, np.random.default_rng(2))
    settled = replace(FILLER, growth=Growth(replace(look, pattern=(0.5, 0.0, 0.5)), 3))
    cells = settled.cells(settled.tumour, LUMEN)
    assert len(cells) > 0.6 * len(FILLER.cells(FILLER.tumour, LUMEN))
    places = np.stack([cells.y_um, cells.x_um], axis=1)
    nearest = np.asarray(cKDTree(places).query(places, k=2)[0])[:, 1]
    # Half of each nucleus stays clear of its neighbour's half.
    assert nearest.min() > (cells.radius_um * np.sqrt(cells.elongation)).min()
