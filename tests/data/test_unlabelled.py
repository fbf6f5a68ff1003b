from __future__ import annotations

import logging

import numpy as np
import pytest

from pathoflow.data import LabelSettings, Pictures, unlabelled_patches
from pathoflow.errors import UsageError
from pathoflow.slide import Slide
from pathoflow.space import Mpp
from pathoflow.testing import ArrayReader

#: Patches of 128 µm.
SETTINGS = LabelSettings(("vessel",), mpp=4.0, patch_px=32)


@pytest.fixture(scope="module")
def slide() -> Slide:
    """Glass of 4.8 x 4.8 mm at 4 µm/px with two pieces of pink tissue; one has a lumen of 200 µm."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(238, 248, (1200, 1200, 3), np.uint8)
    for top, left, height, width in ((100, 100, 500, 300), (700, 600, 400, 500)):
        pink = rng.integers(0, 40, (height, width, 1), np.uint8) + np.array(
            [190, 110, 160], np.uint8
        )
        pixels[top : top + height, left : left + width] = pink
    pixels[300:350, 200:250] = 245
    return Slide(ArrayReader(pixels), mpp=Mpp.square(4.0))


def is_pink(found: Pictures) -> np.ndarray:
    return np.asarray(found.pixels[..., 1] < 200)


def test_patches_lie_on_tissue(slide: Slide) -> None:
    found = unlabelled_patches(slide, 40, SETTINGS, seed=1)
    assert found.pixels.shape == (40, 32, 32, 3)
    assert (found.mpp, found.groups) == (4.0, ("array",) * 40)
    # Three quarters must be tissue, to a pixel of the overview; the lumen is tissue too, and may be most of a patch.
    assert np.sort(is_pink(found).mean(axis=(1, 2)))[2] > 0.65


def test_patches_without_any_glass_can_be_asked_for(slide: Slide) -> None:
    strict = LabelSettings(("vessel",), mpp=4.0, patch_px=32, min_tissue=1.0)
    found = unlabelled_patches(slide, 60, strict, seed=1)
    # Glass is not counted where it is a lumen: 50 px are more than a patch, so whole patches may be white.
    from_lumen = ~is_pink(found).all(axis=(1, 2))
    assert from_lumen.mean() < 0.2


def test_at_the_rim_of_the_slide_nothing_beyond_it_is_read() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 40, (300, 300, 1)) + np.array([190, 110, 160])
    full = Slide(ArrayReader(pixels.astype(np.uint8)), mpp=Mpp.square(4.0))
    settings = LabelSettings(("vessel",), mpp=4.0, patch_px=64, min_tissue=0.3)
    found = unlabelled_patches(full, 40, settings, 0)
    assert is_pink(found).all()


def test_the_seed_decides(slide: Slide) -> None:
    one, again, other = (unlabelled_patches(slide, 8, SETTINGS, seed=s).pixels for s in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_patches_are_spread_over_both_pieces(slide: Slide) -> None:
    y, x = np.mgrid[:1200, :1200]
    place = np.stack([y // 8, x // 8, np.zeros_like(y)], axis=2).astype(np.uint8)
    tissue = slide.read(slide.size.box())

    class Places(ArrayReader):
        """Looks like tissue at low power, and tells each pixel's place when it is read for a patch."""

        def read(self, level, box):  # type: ignore[no-untyped-def]
            source = tissue if box.height > 32 else place
            return ArrayReader(source).read(level, box)

    told = Slide(Places(tissue), mpp=Mpp.square(4.0))
    found = unlabelled_patches(told, 30, SETTINGS, seed=0)
    corners = found.pixels[:, 0, 0, :2].astype(int) * 8
    upper = corners[:, 0] < 620
    # Areas of 15 and 20 thirty-fifths.
    assert 8 <= upper.sum() <= 18
    apart = np.hypot(*(corners[:, None] - corners[None]).transpose(2, 0, 1))
    nearest = (apart + 1e9 * np.eye(30)).min(axis=1)
    # 30 patches on 350,000 px: points thrown at random would lie 54 px from the next on average.
    assert nearest.mean() > 65


def test_a_patient_can_be_named(slide: Slide) -> None:
    assert unlabelled_patches(slide, 2, SETTINGS, 0, group="P1").groups == ("P1", "P1")


def test_a_slide_of_glass_is_refused() -> None:
    glass = Slide(ArrayReader(np.full((600, 600, 3), 245, np.uint8)), mpp=Mpp.square(4.0))
    with pytest.raises(UsageError, match="no place where 75% of a patch of 32 px at 4 µm/px"):
        unlabelled_patches(glass, 2, SETTINGS, 0)


def test_a_small_piece_gives_what_it_has(caplog: pytest.LogCaptureFixture) -> None:
    rng = np.random.default_rng(0)
    pixels = np.full((300, 300, 3), 245, np.uint8)
    pixels[100:200, 100:200] = rng.integers(0, 40, (100, 100, 1)) + np.array([190, 110, 160])
    small = Slide(ArrayReader(pixels), mpp=Mpp.square(4.0))
    large = LabelSettings(("vessel",), mpp=4.0, patch_px=96, min_tissue=0.95)
    with caplog.at_level(logging.WARNING):
        found = unlabelled_patches(small, 500, large, 0)
    assert 0 < len(found) < 500
    assert f"array.tiff has room for {len(found)} patches only, not 500" in caplog.text
