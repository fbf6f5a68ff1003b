from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pathoflow.phantom.shapes.noise import (
    hash_grid,
    noise_along,
    noise_at,
    noise_grid,
    seed_of,
    slow_noise_at,
    spread_columns,
    unit_interval,
)


@settings(max_examples=25, deadline=None)
@given(st.integers(-500, 500), st.integers(-500, 500), st.integers(1, 40), st.integers(1, 40))
def test_a_window_of_the_plane_holds_the_planes_own_values(
    top: int, left: int, height: int, width: int
) -> None:
    y, x = np.arange(-520, 560) * 0.5, np.arange(-520, 560) * 0.5
    rows, cols = slice(top + 520, top + 520 + height), slice(left + 520, left + 520 + width)
    whole = noise_grid(y, x, 7.3, 11)
    assert np.array_equal(noise_grid(y[rows], x[cols], 7.3, 11), whole[rows, cols])


def test_noise_at_lattice_points_is_the_hashed_value_itself() -> None:
    points = np.arange(-3, 4)
    expected = hash_grid(points[:, None], points[None, :], 5) / 2.0**31 - 1
    assert np.allclose(noise_grid(points * 9.0, points * 9.0, 9.0, 5), expected, atol=1e-6)


def test_scattered_places_and_grids_agree() -> None:
    y, x = np.linspace(-40, 40, 23), np.linspace(-10, 90, 31)
    yy, xx = np.meshgrid(y, x, indexing="ij")
    assert np.allclose(noise_at(yy, xx, 6.0, 3), noise_grid(y, x, 6.0, 3), atol=1e-5)


def test_noise_round_a_ring_closes_without_a_seam() -> None:
    depth = np.linspace(-5, 5, 50, dtype=np.float32)
    start = noise_along(depth, np.zeros(50, np.float32), 17, 9)
    end = noise_along(depth, np.full(50, 1 - 1e-6, np.float32), 17, 9)
    assert np.allclose(start, end, atol=1e-3)
    assert start.std() > 0.1


def test_hashed_numbers_are_even_and_their_draws_independent() -> None:
    bits = hash_grid(np.arange(200)[:, None], np.arange(200)[None, :], 1)
    first, second = unit_interval(bits, 0), unit_interval(bits, 1)
    assert abs(first.mean() - 0.5) < 0.01
    assert abs(first.var() - 1 / 12) < 0.003
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.02


def test_streams_of_one_slide_have_different_seeds() -> None:
    assert seed_of(7, "grain") != seed_of(7, "cloud")
    assert seed_of(7, "grain") != seed_of(8, "grain")


def test_wide_noise_is_as_strong_as_the_plain_kind_and_smooth() -> None:
    y, x = np.arange(0, 8000.0, 25)[:, None], np.arange(0, 8000.0, 25)[None, :]
    wide = slow_noise_at(y, x, 400.0, 3)
    plain = noise_grid(y[:, 0], x[0], 400.0, 3)
    assert wide.shape == (320, 320)
    assert 0.75 < wide.std() / plain.std() < 1.25
    assert np.abs(np.diff(wide, axis=0)).max() < 0.35


def test_noise_round_a_ring_does_not_depend_on_how_many_places_ask() -> None:
    rng = np.random.default_rng(4)
    depth = rng.uniform(-6, 6, 400).astype(np.float32)
    turn = rng.random(400).astype(np.float32)
    together = noise_along(depth, turn, 19, 9)
    alone = [noise_along(depth[k : k + 1], turn[k : k + 1], 19, 9)[0] for k in range(400)]
    assert np.array_equal(together, np.array(alone))
    assert noise_along(depth[:0], turn[:0], 19, 9).shape == (0,)


def test_spreading_columns_is_picking_them() -> None:
    values = np.random.default_rng(1).random((5, 12)).astype(np.float32)
    for number in (7, 200):
        at = np.sort(np.random.default_rng(2).integers(0, 12, number))
        assert np.array_equal(spread_columns(values, at), values[:, at])
