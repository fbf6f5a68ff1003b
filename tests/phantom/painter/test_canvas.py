from __future__ import annotations

import numpy as np
import pytest

from pathoflow.phantom.painter.canvas import Canvas
from pathoflow.phantom.shapes.cells import Extent
from pathoflow.phantom.shapes.noise import slow_noise_at
from pathoflow.space import Box


def test_pixel_centres_are_absolute() -> None:
    canvas = Canvas(Box(10, 20, 3, 4), 0.5)
    assert canvas.y_um.tolist() == [5.25, 5.75, 6.25]
    assert canvas.x_um.tolist() == [10.25, 10.75, 11.25, 11.75]


def test_a_window_shares_the_canvas_dye() -> None:
    canvas = Canvas(Box(0, 0, 100, 100), 0.5)
    part = canvas.window(Extent(10, 10, 20, 30))
    assert part is not None
    part.mix(np.ones(part.h.shape, np.float32), 1.0, 0.0)
    assert part.box == Box(20, 20, 20, 40)
    assert canvas.h.sum() == 20 * 40
    assert canvas.window(Extent(200, 200, 210, 210)) is None


def test_mixing_half_way_gives_the_mean() -> None:
    canvas = Canvas(Box(0, 0, 2, 2), 1.0)
    canvas.e[:] = 0.4
    canvas.red[:] = 0.2
    canvas.mix(np.full((2, 2), 0.5, np.float32), 0.6, 0.0)
    assert canvas.h == pytest.approx(np.full((2, 2), 0.3))
    assert canvas.e == pytest.approx(np.full((2, 2), 0.2))
    assert canvas.red == pytest.approx(np.full((2, 2), 0.1))


def test_interpolating_a_plane_is_exact_and_agrees_between_canvases() -> None:
    def plane(y: np.ndarray, x: np.ndarray) -> np.ndarray:
        return (2 * y - x).astype(np.float32)

    whole = Canvas(Box(-30, 5, 90, 80), 0.5)
    values = whole.interpolate(plane)
    y, x = whole.places_um
    assert values == pytest.approx(2 * y - x, abs=1e-3)
    part = Canvas(Box(3, 21, 40, 33), 0.5)
    rows, cols = part.box.within(whole.box).slices
    assert np.array_equal(part.interpolate(plane), values[rows, cols])


def test_soft_edges_are_one_pixel_wide() -> None:
    canvas = Canvas(Box(0, 0, 1, 1), 0.5)
    assert canvas.soft(np.float32([-1, -0.25, 0, 0.25, 1])).tolist() == [1, 1, 0.5, 0, 0]


@pytest.mark.parametrize("mpp", [0.25, 0.5, 2.0])
def test_slow_noise_between_lattice_points_is_close_to_the_noise_itself(mpp: float) -> None:
    canvas = Canvas(Box(777, 333, 90, 90), mpp)
    for spacing in (300.0, 800.0):
        exact = slow_noise_at(*canvas.places_um, spacing, 5)
        assert canvas.slow_noise(spacing, 5) == pytest.approx(exact, abs=0.02)


def test_wider_noise_is_interpolated_from_fewer_points_and_still_agrees_between_canvases() -> None:
    whole, part = Canvas(Box(0, 0, 200, 200), 0.5), Canvas(Box(57, 91, 60, 33), 0.5)
    assert [whole.slow_step(spacing) for spacing in (60.0, 500.0)] == [8, 32]
    rows, cols = part.box.within(whole.box).slices
    assert np.array_equal(part.slow_noise(500.0, 1), whole.slow_noise(500.0, 1)[rows, cols])
