from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pathoflow.phantom import Plan
from pathoflow.phantom.plan.growth import Growth, bound_for, lumen_distance
from pathoflow.phantom.shapes.cells import Extent, cells_in, tumour_lattice
from pathoflow.phantom.shapes.noise import slow_noise_at

FIELD = np.arange(0.0, 9000.0, 30.0)


def growth(plan: Plan, trabecular: float, solid: float, glandular: float) -> Growth:
    return Growth(replace(plan.look, pattern=(trabecular, solid, glandular), grade=0.3), 4)


def test_the_bound_leaves_the_share_asked_for_above_it() -> None:
    noise = slow_noise_at(FIELD[:, None], FIELD[None, :], 90.0, 1)
    for share in (0.1, 0.3, 0.5, 0.8):
        assert (noise > bound_for(share)).mean() == pytest.approx(share, abs=0.04)


def test_patterns_take_the_shares_of_the_look(plan: Plan) -> None:
    for weights in ((0.6, 0.3, 0.1), (0.2, 0.2, 0.6), (0.1, 0.8, 0.1)):
        trabecular, glandular = growth(plan, *weights).patterns(FIELD[:, None], FIELD[None, :])
        found = trabecular.mean(), 1 - trabecular.mean() - glandular.mean(), glandular.mean()
        assert found == pytest.approx(weights, abs=0.09)


def test_cords_are_two_to_ten_cells_thick(plan: Plan) -> None:
    # Chords between sinusoids along lines through a trabecular tumour; a cell is about 16 µm wide.
    line = np.arange(0.0, 20000.0, 1.0)
    field = growth(plan, 0.98, 0.01, 0.01)
    chords: list[int] = []
    for y in range(100, 6000, 1500):
        distance, _, _ = field.walls(np.full(len(line), float(y)), line)
        ends = np.flatnonzero(np.diff(distance < 0))
        lengths = np.diff(ends)
        chords += lengths[lengths > 12].tolist()
    assert 2 * 16 < np.median(chords) < 10 * 16
    assert np.quantile(chords, 0.1) < 40
    assert np.quantile(chords, 0.9) < 12 * 16


def test_solid_tumour_has_few_sinusoids_and_trabecular_tumour_many(plan: Plan) -> None:
    rng = np.random.default_rng(1)
    y, x = rng.uniform(0, 6000, (2, 8000))
    opened = [
        float((growth(plan, *weights).walls(y, x)[0] < 0).mean())
        for weights in ((0.98, 0.01, 0.01), (0.02, 0.97, 0.01))
    ]
    assert 0.03 < opened[0] < 0.25
    assert opened[1] < 0.25 * opened[0]


def test_sinusoids_run_in_every_direction(plan: Plan) -> None:
    rng = np.random.default_rng(2)
    y, x = rng.uniform(0, 8000, (2, 12000))
    distance, dy, dx = growth(plan, 0.98, 0.01, 0.01).walls(y, x)
    angle = np.arctan2(dy, dx)[np.abs(distance) < 3] % np.pi
    counts, _ = np.histogram(angle, bins=8, range=(0, np.pi))
    assert counts.max() < 1.45 * counts.min()


def test_the_grid_and_scattered_places_know_the_same_sinusoids(plan: Plan) -> None:
    field = growth(plan, 0.9, 0.05, 0.05)
    y, x = np.arange(0.0, 300.0, 1.5)[:, None], np.arange(0.0, 300.0, 1.5)[None, :]
    grid = field.axis_um(y, x)
    rows, cols = (part.ravel() for part in np.broadcast_arrays(y, x))
    loose = field.walls(rows, cols)[0] + field.half_width_um(rows, cols)
    assert np.allclose(grid.ravel(), loose, atol=1e-2)


def test_lumens_are_20_to_80_um_wide_and_lie_in_glandular_fields_alone(plan: Plan) -> None:
    field = growth(plan, 0.2, 0.2, 0.6)
    lumens = field.lumens(Extent(0, 0, 4000, 4000))
    assert 50 < len(lumens) / 16 < 250
    assert 2 * lumens.radius_um.min() >= 20
    assert 2 * lumens.radius_um.max() <= 80
    assert field.patterns(lumens.y_um, lumens.x_um)[1].min() > 0.5
    apart = np.hypot(lumens.y_um[:, None] - lumens.y_um, lumens.x_um[:, None] - lumens.x_um)
    long = lumens.radius_um * np.sqrt(lumens.elongation)
    np.fill_diagonal(apart, np.inf)
    # Two cells or so stand between any two lumens.
    assert (apart - long[:, None] - long).min() > 8
    assert len(growth(plan, 0.5, 0.5, 0.0).lumens(Extent(0, 0, 2000, 2000))) == 0


def test_the_distance_to_a_lumen_is_exact_on_its_axes(plan: Plan) -> None:
    lumens = growth(plan, 0.1, 0.1, 0.8).lumens(Extent(0, 0, 1500, 1500))
    one = lumens.where(np.arange(len(lumens)) == 0)
    long = float(one.radius_um[0] * np.sqrt(one.elongation[0]))
    dy = np.array([long * np.sin(one.angle[0])], np.float32)
    dx = np.array([long * np.cos(one.angle[0])], np.float32)
    assert abs(float(lumen_distance(one, dy, dx)[0])) < 1e-3
    middle = np.zeros(1, np.float32)
    half = float(one.radius_um[0] / np.sqrt(one.elongation[0]))
    assert float(lumen_distance(one, middle, middle)[0]) == pytest.approx(-half, rel=1e-5)


def test_settled_nuclei_keep_out_of_sinusoids_and_none_is_lost(plan: Plan) -> None:
    field = growth(plan, 0.98, 0.01, 0.01)
    cells = cells_in(tumour_lattice(0.3), Extent(0, 0, 800, 800), 1)
    settled = field.settle(cells)
    assert len(settled) == len(cells)
    before, after = (field.walls(c.y_um, c.x_um)[0] for c in (cells, settled))
    assert (after < 0).mean() < 0.35 * (before < 0).mean()
    assert np.hypot(settled.y_um - cells.y_um, settled.x_um - cells.x_um).max() < 30


def test_settling_does_not_depend_on_the_window(plan: Plan) -> None:
    field = growth(plan, 0.4, 0.1, 0.5)
    wide = field.settle(cells_in(tumour_lattice(0.3), Extent(0, 0, 600, 600), 1))
    part = field.settle(cells_in(tumour_lattice(0.3), Extent(200, 200, 400, 400), 1))
    known = {bits: (y, x) for bits, y, x in zip(wide.bits, wide.y_um, wide.x_um, strict=True)}
    assert len(part) > 50
    assert all(
        known[bits] == (y, x) for bits, y, x in zip(part.bits, part.y_um, part.x_um, strict=True)
    )


def test_clear_cells_take_their_share(plan: Plan) -> None:
    field = Growth(replace(plan.look, clear=0.3), 4)
    clear = field.clear(FIELD[:, None], FIELD[None, :])
    assert (clear > 0).mean() == pytest.approx(0.3, abs=0.06)
