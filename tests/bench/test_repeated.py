from __future__ import annotations

import numpy as np
import pytest

from pathoflow.bench.repeated import RepeatedReader
from pathoflow.slide import Slide
from pathoflow.space import Box, Mpp, Size
from pathoflow.testing import ArrayReader


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (12, 20, 3), np.uint8)


def test_any_box_is_that_of_the_copies_side_by_side(pixels: np.ndarray) -> None:
    reader = RepeatedReader(ArrayReader(pixels, Mpp.square(0.5)), 3)
    whole = np.tile(pixels, (3, 3, 1))
    assert reader.info.size == Size(36, 60)
    for box in (Box(0, 0, 36, 60), Box(5, 7, 20, 30), Box(11, 19, 2, 2), Box(24, 40, 12, 20)):
        assert np.array_equal(reader.read(0, box), whole[box.slices])


def test_beyond_the_copies_it_is_white(pixels: np.ndarray) -> None:
    reader = RepeatedReader(ArrayReader(pixels, Mpp.square(0.5)), 2)
    found = reader.read(0, Box(20, 36, 10, 10))
    assert np.array_equal(found[:4, :4], pixels[-4:, -4:])
    assert (found[4:] == 255).all()
    assert (found[:, 4:] == 255).all()


def test_it_is_a_slide_like_any_other(pixels: np.ndarray) -> None:
    slide = Slide(RepeatedReader(ArrayReader(pixels, Mpp.square(0.5)), 2))
    # 2 x 2 means of copies are copies of 2 x 2 means.
    means = pixels.reshape(6, 2, 10, 2, 3).mean((1, 3))
    found = slide.read(Box(0, 0, 12, 20), mpp=1.0)
    assert np.abs(found - np.tile(means, (2, 2, 1))).max() <= 0.5


def test_no_copies_are_refused(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="at least once"):
        RepeatedReader(ArrayReader(pixels, Mpp.square(0.5)), 0)
