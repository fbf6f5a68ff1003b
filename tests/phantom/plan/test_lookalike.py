from __future__ import annotations

import numpy as np

from pathoflow.phantom.plan.filler import Filler
from pathoflow.phantom.plan.lookalike import hepatocyte_plug, leucocyte_plug, thrombus
from pathoflow.phantom.plan.vessel import Plug
from pathoflow.phantom.shapes.cells import CellKind, tumour_lattice
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Point

FILLER = Filler(seed=3, tumour=tumour_lattice(0.5), mixing=0.5)
LUMEN = WavyRing(Point(200.0, 200.0), np.full(ANGLES, 90.0))
PLUG = Plug(WavyRing(Point(200.0, 190.0), np.full(ANGLES, 50.0)), 1.0, "floating")
AREA = np.pi * 50.0**2


def test_leucocyte_plugs_are_crowds_of_small_or_lobed_nuclei_histiocytes_or_giants() -> None:
    tissues, densest, lobed, giant = set(), 0.0, False, False
    for seed in range(50):
        plug, (cells,) = leucocyte_plug(LUMEN, FILLER, PLUG, np.random.default_rng(seed))
        assert cells.kind is CellKind.LEUCOCYTE
        tissues.add(plug.tissue)
        densest = max(densest, len(cells) / AREA)
        lobed |= bool(len(cells) > 50 and np.median(cells.radius_um) < 2)
        giant |= bool(len(cells) and np.median(cells.radius_um) > 4.5)
    assert tissues == {"leucocytes", "histiocytes"}
    # Denser than carcinoma's 3,400 to 4,200 nuclei per mm².
    assert densest > 6000e-6
    assert lobed
    assert giant


def test_giants_come_singly_one_nucleus_in_the_plugs_own_place() -> None:
    for seed in range(50):
        plug, (cells,) = leucocyte_plug(LUMEN, FILLER, PLUG, np.random.default_rng(seed))
        if len(cells) == 3 and cells.radius_um.min() > 3:
            # One nucleus of three folds.
            assert plug.body.centre_um == PLUG.body.centre_um
            assert 6 < plug.body.reach_um < 25
            return
    raise AssertionError("no giant cell in fifty plugs")


def test_hepatocyte_plugs_keep_the_plugs_outline_and_hold_liver_cells_only() -> None:
    for seed in range(8):
        plug, (cells,) = hepatocyte_plug(LUMEN, FILLER, PLUG, np.random.default_rng(seed))
        assert plug.body is PLUG.body
        assert plug.tissue == "hepatocytes"
        assert cells.kind is CellKind.HEPATOCYTE
        # From about as few as in plates to as many as in a carcinoma; nuclei that the outline cuts
        # are left out.
        assert 1000e-6 < len(cells) / AREA < 4500e-6


def test_thrombi_trap_leucocytes_and_organised_ones_hold_spindle_cells() -> None:
    tissues = set()
    for seed in range(20):
        plug, groups = thrombus(LUMEN, FILLER, PLUG, np.random.default_rng(seed))
        tissues.add(plug.tissue)
        kinds = {cells.kind for cells in groups}
        assert (CellKind.FIBROBLAST in kinds) == (plug.tissue == "organised")
        assert CellKind.LEUCOCYTE in kinds
    assert tissues == {"fibrin", "organised"}
