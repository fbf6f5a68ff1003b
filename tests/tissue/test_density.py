import math

import numpy as np
import pytest

from pathoflow.tissue.density import (
    DEFAULT_WHITE,
    brightest,
    darkest,
    density_shares,
    estimate_white,
    optical_density,
    total_density,
)


def test_density_is_the_decimal_logarithm_of_white_over_pixel():
    pixel = np.array([[[24, 120, 240]]], dtype=np.uint8)
    density = optical_density(pixel, (240.0, 240.0, 240.0))
    assert density[0, 0] == pytest.approx([1.0, math.log10(2), 0.0], abs=1e-6)


def test_pixels_brighter_than_white_have_no_negative_density():
    assert optical_density(np.full((1, 1, 3), 255, np.uint8), (240.0, 240.0, 240.0)).min() == 0


def test_black_pixels_stay_finite():
    density = optical_density(np.zeros((1, 1, 3), np.uint8), (240.0, 240.0, 240.0))
    assert density == pytest.approx(math.log10(240), abs=1e-5)


def test_shares_do_not_depend_on_the_amount_of_dye():
    dye = np.array([0.651, 0.701, 0.290], dtype=np.float32)
    shares = density_shares(np.stack([0.2 * dye, 1.5 * dye]))
    assert shares[0] == pytest.approx(shares[1], abs=1e-6)
    assert shares[0] == pytest.approx([0.651 / 1.642, 0.701 / 1.642, 0.290 / 1.642], abs=1e-5)


def test_shares_of_nothing_are_equal():
    assert density_shares(np.zeros((2, 3), np.float32)) == pytest.approx(1 / 3)


@pytest.mark.parametrize("white", [236, 243, 252])
def test_white_is_the_colour_of_the_glass(canvas, rng, white):
    picture = canvas(120, 120, white=white)
    picture.tissue(picture.disc((60, 60), 50), rng)
    assert estimate_white(picture.pixels(rng)) == pytest.approx((white,) * 3, abs=3)


def test_white_without_glass_is_the_default(canvas, rng):
    picture = canvas(60, 60)
    picture.stain(np.ones((60, 60), bool), haematoxylin=0.2, eosin=0.3)
    assert estimate_white(picture.pixels(rng)) == DEFAULT_WHITE


def test_sums_and_extremes_of_channels_agree_with_numpy(rng):
    pixels = rng.integers(0, 255, (7, 9, 3), dtype=np.uint8)
    assert np.array_equal(brightest(pixels), pixels.max(axis=-1))
    assert np.array_equal(darkest(pixels), pixels.min(axis=-1))
    density = pixels.astype(np.float32)
    assert np.array_equal(total_density(density), density.sum(axis=-1))
