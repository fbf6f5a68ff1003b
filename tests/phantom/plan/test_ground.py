from __future__ import annotations

import numpy as np

from pathoflow.phantom import PhantomSpec
from pathoflow.phantom.plan.ground import GAP_UM, Ground, Taken, along_outline
from pathoflow.phantom.plan.tissue import plan_tissue
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Point


def test_taken_discs_refuse_exactly_those_that_come_too_near() -> None:
    rng = np.random.default_rng(0)
    places, reach = rng.uniform(0, 2000, (60, 2)), rng.uniform(5, 150, 60)
    darts, radii = rng.uniform(0, 2000, (200, 2)), rng.uniform(5, 80, 200)
    taken = Taken()
    taken.add(places[:30], reach[:30])
    taken.add(places[30:], reach[30:])
    apart = np.hypot(*(darts[:, None] - places).transpose(2, 0, 1))
    expected = (apart > radii[:, None] + reach + 15.0).all(axis=1)
    assert np.array_equal(taken.free(darts, radii, 15.0), expected)
    assert 0 < expected.sum() < 200


def test_scattered_discs_keep_apart_in_the_liver() -> None:
    spec = PhantomSpec(3, (8000, 8000), 1.0, "train")
    tissue = plan_tissue(spec, np.random.default_rng(1))
    reach = np.exp(np.random.default_rng(2).uniform(np.log(20), np.log(400), 120))
    ground = Ground(tissue, np.random.default_rng(3))
    places, found = ground.scatter(reach, np.zeros(120, bool), 150.0)
    assert found.all()
    apart = np.hypot(*(places[:, None] - places).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    assert (apart - reach[:, None] - reach).min() >= GAP_UM
    for (y, x), r in zip(places, reach, strict=True):
        theta = np.linspace(0, 2 * np.pi, 90)
        rim_y, rim_x = y + r * np.sin(theta), x + r * np.cos(theta)
        assert tissue.tissue_distance(rim_y, rim_x).max() < 0
        assert tissue.tumour_distance(rim_y, rim_x).min() > 0


def test_what_finds_no_room_is_said_to() -> None:
    spec = PhantomSpec(3, (2000, 2000), 1.0, "train")
    tissue = plan_tissue(spec, np.random.default_rng(1))
    ground = Ground(tissue, np.random.default_rng(3))
    places, found = ground.scatter(np.array([5000.0, 20.0]), np.zeros(2, bool), 100.0)
    assert found.tolist() == [False, True]
    assert np.isnan(places[0]).all()


def test_normals_of_an_outline_point_away_from_its_centre() -> None:
    outline, upright = along_outline(WavyRing(Point(50.0, 80.0), np.full(ANGLES, 30.0)))
    spokes = (outline - np.array([50.0, 80.0])) / 30.0
    assert np.abs(upright - spokes).max() < 1e-3
