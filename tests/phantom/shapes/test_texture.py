from __future__ import annotations

import numpy as np
import pytest

from pathoflow.phantom.recipe.family import NoiseName
from pathoflow.phantom.shapes.noise import hash_grid
from pathoflow.phantom.shapes.texture import TEXTURE_SD, texture_at, texture_grid

ALL: list[NoiseName] = ["value", "gradient", "ridged"]
Y, X = np.arange(2000) * 1.37, np.arange(1500) * 1.37


@pytest.mark.parametrize("noise", ALL)
def test_every_family_of_noise_has_mean_nought_and_the_same_strength(noise: NoiseName) -> None:
    layer = texture_grid(noise, Y, X, 9.1, 4)
    assert abs(layer.mean()) < 0.006
    assert layer.std() == pytest.approx(TEXTURE_SD, rel=0.015)


def test_the_strength_is_that_of_value_noise_from_its_formula() -> None:
    # Even draws in [-1, 1) have variance 1/3; along each axis interpolation keeps the mean of
    # w^2 + (1 - w)^2 over a cell.
    t = (np.arange(100_000) + 0.5) / 100_000
    w = t * t * (3 - 2 * t)
    assert np.sqrt(np.mean(w**2 + (1 - w) ** 2) ** 2 / 3) == pytest.approx(TEXTURE_SD, rel=1e-6)


@pytest.mark.parametrize("noise", ALL)
def test_scattered_places_and_grids_agree(noise: NoiseName) -> None:
    y, x = np.linspace(-40, 40, 23), np.linspace(-10, 90, 31)
    yy, xx = np.meshgrid(y, x, indexing="ij")
    grid = texture_grid(noise, y, x, 6.0, 3)
    assert np.allclose(texture_at(noise, yy, xx, 6.0, 3), grid, atol=1e-5)


@pytest.mark.parametrize("noise", ALL)
def test_a_window_of_the_plane_holds_the_planes_own_values(noise: NoiseName) -> None:
    whole = texture_grid(noise, Y[:300], X[:300], 4.7, 8)
    assert np.array_equal(texture_grid(noise, Y[31:99], X[210:290], 4.7, 8), whole[31:99, 210:290])
    assert texture_grid(noise, Y[:0], X[:5], 4.7, 8).shape == (0, 5)


def test_gradient_noise_is_the_blend_of_four_sloping_planes() -> None:
    spacing, y, x, seed = 10.0, 23.0, -17.5, 6
    row, col, ty, tx = 2, -2, 0.3, 0.25
    wy, wx = (t * t * (3 - 2 * t) for t in (ty, tx))
    total = 0.0
    for below, right in ((0, 0), (0, 1), (1, 0), (1, 1)):
        bits = int(hash_grid(np.array([row + below]), np.array([col + right]), seed)[0])
        down, across = (bits >> 16) / 2**15 - 1, (bits & 0xFFFF) / 2**15 - 1
        weight = (wy if below else 1 - wy) * (wx if right else 1 - wx)
        total += weight * (down * (ty - below) + across * (tx - right))
    found = texture_at("gradient", np.array([y]), np.array([x]), spacing, seed)[0]
    t = (np.arange(100_000) + 0.5) / 100_000
    w = t * t * (3 - 2 * t)
    # Slopes have variance 1/3 along each axis; a far corner mirrors a near one.
    sd = np.sqrt(2 / 3 * np.mean(w**2 + (1 - w) ** 2) * 2 * np.mean((1 - w) ** 2 * t**2))
    assert found == pytest.approx(total * TEXTURE_SD / sd, abs=1e-4)


def test_the_families_differ_in_grain() -> None:
    value, gradient, ridged = (texture_grid(noise, Y, X, 9.1, 4) for noise in ALL)

    def skew(layer: np.ndarray) -> float:
        return float(((layer - layer.mean()) ** 3).mean() / layer.std() ** 3)

    # Ridges have a hard upper end and a long tail below.
    assert abs(skew(value)) < 0.05 > abs(skew(gradient))
    assert skew(ridged) < -0.25
    # Gradient noise vanishes on its lattice, where value noise is at its strongest.
    points = np.arange(60) * 9.1
    assert np.abs(texture_grid("gradient", points, points, 9.1, 4)).max() < 1e-5
    assert texture_grid("value", points, points, 9.1, 4).std() > TEXTURE_SD
    assert value.shape == gradient.shape
