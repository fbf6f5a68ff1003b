from __future__ import annotations

import numpy as np
import pytest

from pathoflow.phantom.plan.vessel import Contents, Plug, Vessel, extent_of
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Point


def ring(y: float, x: float, radius: float) -> WavyRing:
    return WavyRing(Point(y, x), np.full(ANGLES, radius))


def test_an_empty_round_vessel_has_its_diameter_and_no_tumour_cells() -> None:
    vessel = Vessel(0, "hepatic", ring(50, 60, 40), ring(50, 60, 35), Contents("empty"))
    assert vessel.diameter_um == pytest.approx(80.0, rel=1e-4)
    assert not vessel.is_mvi
    assert vessel.n_tumour_cells == 0


def test_a_plug_is_the_part_of_its_body_that_keeps_its_gap_to_the_lumen() -> None:
    lumen, plug = ring(0, 0, 50), Plug(ring(0, 40, 30), 2.0, "adherent")
    y, x = np.zeros(4), np.array([20.0, 45.0, 49.0, 60.0])
    distance = plug.signed_distance(y, x, lumen.signed_distance(y, x))
    # Centre line: in the body from 10 to 70, in the lumen less its gap up to 48.
    assert (distance < 0).tolist() == [True, True, False, False]


def test_an_extent_is_a_square_round_the_centre() -> None:
    extent = extent_of(Point(10.0, 20.0), 5.0)
    assert (extent.top, extent.left, extent.bottom, extent.right) == (5.0, 15.0, 15.0, 25.0)
    assert extent.meets(extent_of(Point(18.0, 20.0), 4.0))
    assert not extent.meets(extent_of(Point(30.0, 20.0), 4.0))
