from __future__ import annotations

import numpy as np
import pytest

from pathoflow.phantom.shapes.plates import Plates

VEIN = np.array([[1000.0, 1200.0]])
TWO = np.array([[1000.0, 1200.0], [1000.0, 1900.0]])


def crossings(values: np.ndarray) -> int:
    return int((np.diff(np.sign(values)) != 0).sum())


def on_circle(radius: float, step_um: float) -> tuple[np.ndarray, np.ndarray]:
    turn = np.arange(0, 2 * np.pi, step_um / radius)
    return VEIN[0, 0] + radius * np.sin(turn), VEIN[0, 1] + radius * np.cos(turn)


def test_plates_radiate_from_a_central_vein() -> None:
    plates = Plates.round_veins(VEIN, 1.0, 3)
    radii = np.arange(60.0, 170.0, 2.0)
    along = [
        crossings(plates.field(1000 + radii * np.sin(t), 1200 + radii * np.cos(t))) / radii.size
        for t in np.arange(0, 2 * np.pi, 0.1)
    ]
    across = [
        crossings(ring) / ring.size for ring in (plates.field(*on_circle(r, 2.0)) for r in radii)
    ]
    assert np.mean(across) > 2.5 * np.mean(along)


@pytest.mark.parametrize("radius", [60.0, 110.0, 160.0])
def test_plates_branch_so_that_they_stay_one_or_two_cells_thick(radius: float) -> None:
    plates = Plates.round_veins(VEIN, 1.0, 3)
    number = crossings(plates.field(*on_circle(radius, 1.0)))
    assert 16 < 2 * np.pi * radius / number < 46


def test_without_veins_plates_run_in_all_directions() -> None:
    plates = Plates.round_veins(np.zeros((0, 2)), 1.0, 3)
    line = np.arange(0.0, 6000.0, 2.0)
    down, right = 0, 0
    for k in range(8):
        still = np.full(3000, 500.0 * k)
        down += crossings(plates.field(line, still))
        right += crossings(plates.field(still, line))
    assert down == pytest.approx(right, rel=0.1)
    assert 16 < 8 * 6000 / down < 46
    assert len(plates.field(line[:0], line[:0])) == 0


def test_far_from_its_vein_the_labyrinth_stands_alone() -> None:
    y, x = np.linspace(1600, 1900, 80), np.linspace(1200, 1500, 80)
    alone = Plates.round_veins(np.zeros((0, 2)), 1.0, 3).field(y, x)
    assert np.allclose(Plates.round_veins(VEIN, 1.0, 3).field(y, x), alone)


def test_where_the_nearest_vein_changes_the_field_does_not_jump() -> None:
    plates = Plates.round_veins(TWO, 1.0, 3)
    y = np.linspace(700, 1300, 400)
    left, right = plates.field(y, np.full(400, 1549.99)), plates.field(y, np.full(400, 1550.01))
    assert np.abs(left - right).max() < 0.01


def test_the_slope_is_that_of_the_field() -> None:
    plates = Plates.round_veins(TWO, 1.0, 3)
    rng = np.random.default_rng(1)
    y, x = rng.uniform(800, 1200, 50), rng.uniform(1100, 2000, 50)
    here, down, right = plates.slope(y, x)
    assert np.array_equal(here, plates.field(y, x))
    assert np.allclose(down, (plates.field(y + 2, x) - plates.field(y - 2, x)) / 4)
    assert np.allclose(right, (plates.field(y, x + 2) - plates.field(y, x - 2)) / 4)
