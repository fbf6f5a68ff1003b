import numpy as np
import pytest
from skimage.color import separate_stains

from pathoflow.tissue import StainScale, haematoxylin_amount, stain_scale
from pathoflow.tissue.dye import EOSIN, HAEMATOXYLIN, TYPICAL_DARKNESS, field_darkness

WHITE = (240.0, 240.0, 240.0)


def colour(**amounts):
    """One pixel of dyes, unrounded mathematics, then uint8."""
    density = np.zeros(3)
    for dye, amount in amounts.items():
        density += amount * np.array({"h": HAEMATOXYLIN, "e": EOSIN}[dye])
    return np.rint(240 * 10.0**-density).astype(np.uint8)[None, None]


@pytest.mark.parametrize("h", [0.0, 0.2, 0.7])
@pytest.mark.parametrize("e", [0.0, 0.3])
def test_the_amount_of_haematoxylin_comes_back_whatever_the_eosin(h, e):
    amount = haematoxylin_amount(colour(h=h, e=e), StainScale(WHITE))
    assert amount[0, 0] == pytest.approx(h, abs=0.01)


def test_the_amount_is_relative_to_the_slides_strength():
    amount = haematoxylin_amount(colour(h=0.6, e=0.2), StainScale(WHITE, haematoxylin=1.5))
    assert amount[0, 0] == pytest.approx(0.4, abs=0.01)


def test_red_cells_hold_no_haematoxylin():
    red_cell = np.array([[[205, 70, 75]]], dtype=np.uint8)
    assert haematoxylin_amount(red_cell, StainScale(WHITE))[0, 0] < 0


def test_the_amount_agrees_with_scikit_image():
    rgb = np.random.default_rng(0).integers(20, 250, (16, 16, 3), dtype=np.uint8)
    dyes = np.stack([HAEMATOXYLIN, EOSIN, np.cross(HAEMATOXYLIN, EOSIN)])
    # scikit-image measures in units of ln(1e6) per unit of natural density, against white 1, and clips below 0.
    theirs = separate_stains(rgb / 255, np.linalg.inv(dyes))[..., 0] * 6
    ours = haematoxylin_amount(rgb, StainScale((255.0, 255.0, 255.0)))
    assert ours.clip(0) == pytest.approx(theirs, abs=2e-3)


def test_the_darkness_of_a_field_is_that_of_its_nuclei():
    pixels = np.broadcast_to(colour(h=0.1, e=0.3), (100, 100, 3)).copy()
    pixels[20:60, 20:60] = colour(h=0.6, e=0.2)
    assert field_darkness(pixels, WHITE) == pytest.approx(0.6, abs=0.02)


def test_the_scale_is_the_median_field_over_a_typical_one():
    darkness = [TYPICAL_DARKNESS * factor for factor in (0.2, 1.3, 1.3, 1.4, 9.0)]
    assert stain_scale(WHITE, darkness).haematoxylin == pytest.approx(1.3)
    assert stain_scale(WHITE, []).haematoxylin == 1.0
    assert stain_scale(WHITE, [99.0]).haematoxylin == 2.5
