from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from pathoflow.phantom.painter.defocus import LEVELS_UM, blurred, box_widths, reach_px


@pytest.mark.parametrize("sigma", [0.5, 1.0, 1.8, 4.0, 8.0, 14.0, 28.0])
def test_three_running_means_have_the_variance_of_the_blur(sigma: float) -> None:
    widths = box_widths(sigma)
    assert all(width % 2 for width in widths)
    variance = sum(width**2 - 1 for width in widths) / 12
    # One of three widths changes in steps of two.
    assert abs(variance - sigma**2) <= (max(widths) + 1) / 6 + 1e-9


@pytest.mark.parametrize("level", LEVELS_UM[2:])
def test_an_even_defocus_is_a_gaussian_blur(level: float) -> None:
    rng, mpp = np.random.default_rng(1), 0.5
    margin = reach_px(level, mpp)
    light = ndimage.gaussian_filter(rng.uniform(0, 255, (220, 220)), 1.0).astype(np.float32)
    sharp = light[margin:-margin, margin:-margin]
    found = blurred(light, sharp, np.full(sharp.shape, level, np.float32), margin, mpp)
    expected = ndimage.gaussian_filter(light.astype(float), level / mpp)[
        margin:-margin, margin:-margin
    ]
    assert np.sqrt(((found - expected) ** 2).mean()) < 0.04 * sharp.std()
    assert expected.std() < 0.5 * sharp.std()


def test_no_defocus_changes_nothing_and_needs_no_border() -> None:
    light = np.random.default_rng(1).uniform(0, 255, (20, 20)).astype(np.float32)
    assert np.array_equal(blurred(light, light, np.zeros_like(light), 0, 0.5), light)
    assert reach_px(0.0, 0.5) == 0


def test_a_pixel_asks_only_for_its_own_blur() -> None:
    rng, mpp = np.random.default_rng(2), 0.5
    margin = reach_px(6.0, mpp)
    light = np.round(rng.uniform(0, 255, (180, 180)) * 32).astype(np.float32) / 32
    sharp = light[margin:-margin, margin:-margin]
    weak = np.full(sharp.shape, 1.5, np.float32)
    strong = weak.copy()
    strong[:, 40:] = 6.0
    alone = blurred(light, sharp, weak, margin, mpp)
    beside = blurred(light, sharp, strong, margin, mpp)
    assert np.array_equal(alone[:, :40], beside[:, :40])
    # A smaller border around the same pixels gives the same bytes.
    less = margin - reach_px(1.5, mpp)
    assert np.array_equal(
        alone, blurred(light[less:-less, less:-less], sharp, weak, margin - less, mpp)
    )


def test_even_light_stays_exactly_even() -> None:
    margin = reach_px(6.0, 0.5)
    light = np.full((120, 120), 243.21875, np.float32)
    sharp = light[margin:-margin, margin:-margin]
    spread = np.linspace(0, 6, sharp.size).reshape(sharp.shape).astype(np.float32)
    assert (blurred(light, sharp, spread, margin, 0.5) == 243.21875).all()


def test_a_blur_of_less_than_a_pixel_leaves_light_as_it_is() -> None:
    light = np.random.default_rng(3).uniform(0, 255, (60, 60)).astype(np.float32)
    assert reach_px(0.8, 2.0) == 0
    # Beside something blurrier the border is wider, but these pixels stay the same.
    margin = reach_px(6.0, 2.0)
    sharp = light[margin:-margin, margin:-margin]
    spread = np.full(sharp.shape, 0.8, np.float32)
    assert np.array_equal(blurred(light, sharp, spread, margin, 2.0), sharp)
