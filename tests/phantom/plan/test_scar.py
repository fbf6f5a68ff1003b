from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from pathoflow.phantom import Plan
from pathoflow.phantom.plan.scar import nodule_spacing_um, scar_depth, septum_depth
from pathoflow.phantom.recipe.spec import Background

STEP = 40.0
SEEDS = (1, 5)


@pytest.fixture(scope="module")
def planes() -> list[np.ndarray]:
    """The depth on 14 x 14 mm of two slides."""
    grid = np.arange(0, 14000, STEP)
    return [septum_depth(seed, grid[:, None], grid[None, :]) for seed in SEEDS]


def on(plan: Plan, background: Background) -> Plan:
    return replace(plan, look=replace(plan.look, background=background))


def test_septa_cut_the_liver_into_nodules_of_1_to_5_mm(planes: list[np.ndarray]) -> None:
    for seed, depth in zip(SEEDS, planes, strict=True):
        nodules, _ = ndimage.label(depth > 0)
        size = np.bincount(nodules.ravel())[1:] * STEP**2
        rim = np.concatenate([nodules[0], nodules[-1], nodules[:, 0], nodules[:, -1]])
        whole = np.setdiff1d(np.flatnonzero(size > 0.02e6), rim - 1)
        across = 2 * np.sqrt(size[whole] / np.pi)
        assert len(whole) > 8
        assert 1000 < np.median(across) < 5000
        assert (across > 5500).sum() == 0
        assert 1400 <= nodule_spacing_um(seed) <= 3400


def test_septa_are_50_to_500_um_wide(planes: list[np.ndarray]) -> None:
    for depth in planes:
        inside = ndimage.zoom(depth, 2, order=1) < 0
        half = ndimage.distance_transform_edt(inside) * STEP / 2
        ridge = half[(half == ndimage.maximum_filter(half, 5)) & inside]
        assert 40 < np.median(2 * ridge) < 300
        # Only where septa meet are they wider.
        assert np.quantile(2 * ridge, 0.9) < 500


def test_the_depth_is_a_pure_function_of_place() -> None:
    rng = np.random.default_rng(2)
    y, x = rng.uniform(0, 50_000, 300), rng.uniform(0, 50_000, 300)
    together = septum_depth(3, y, x)
    alone = np.array([septum_depth(3, y[k : k + 1], x[k : k + 1])[0] for k in range(300)])
    assert np.array_equal(together, alone)
    assert len(septum_depth(3, y[:0], x[:0])) == 0


def test_the_depth_has_no_jumps() -> None:
    line = np.arange(0, 20_000, 5.0)
    for across in (777.0, 5000.0):
        depth = septum_depth(4, line, np.full_like(line, across))
        assert np.abs(np.diff(depth)).max() < 5 * 2.5


def test_a_normal_liver_has_no_scar(plan: Plan) -> None:
    places = np.arange(0, 1000, 50.0)
    assert scar_depth(on(plan, "normal"), places[:, None], places[None, :]).min() > 1000


@pytest.mark.parametrize("chosen", [0, 1])
def test_fibrosis_widens_portal_fields_and_sends_short_septa(plan: Plan, chosen: int) -> None:
    scarred = on(plan, "fibrosis")
    tract = scarred.tracts[chosen].stroma
    side = np.arange(-600, 600, 6.0)
    y, x = tract.centre_um.y + side[:, None], tract.centre_um.x + side[None, :]
    scar = scar_depth(scarred, y, x) < 0
    field = tract.signed_distance(y + 0 * x, x + 0 * y) < -30
    assert scar[field].mean() > 0.98
    reach = tract.signed_distance(y + 0 * x, x + 0 * y)[scar].max()
    assert reach > 40
    assert not scar_depth(scarred, np.array([-5000.0]), np.array([-5000.0]))[0] < 1000


def test_a_scar_does_not_depend_on_the_window_it_is_asked_for(plan: Plan) -> None:
    scarred = on(plan, "fibrosis")
    centre = scarred.tracts[0].stroma.centre_um
    y, x = centre.y + np.arange(-300, 300, 10.0), centre.x + np.arange(-300, 300, 10.0)
    whole = scar_depth(scarred, y[:, None], x[None, :])
    part = scar_depth(scarred, y[10:20, None], x[None, 30:40])
    near = whole[10:20, 30:40] < 100
    assert np.array_equal(part[near], whole[10:20, 30:40][near])


@pytest.mark.parametrize("background", ["normal", "fibrosis", "cirrhosis"])
def test_no_places_have_no_depths(plan: Plan, background: Background) -> None:
    none = np.zeros(0)
    assert scar_depth(on(plan, background), none, none).shape == (0,)
