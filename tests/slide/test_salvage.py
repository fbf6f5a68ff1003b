from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pathoflow.errors import TileUnreadable
from pathoflow.slide.salvage import read_what_can_be
from pathoflow.space import Box

#: One damaged tile of 64 pixels in a picture of 300 x 500.
DAMAGED = Box(64, 320, 64, 64)
PICTURE = np.random.default_rng(2).integers(0, 250, (300, 500, 3)).astype(np.uint8)


def read(box: Box) -> NDArray[np.uint8]:
    if not box.intersect(DAMAGED).is_empty:
        raise TileUnreadable("damaged.")
    return PICTURE[box.slices]


def test_an_intact_box_is_read_at_once() -> None:
    pixels, lost = read_what_can_be(read, Box(150, 0, 100, 200), 16)
    assert lost is None
    assert np.array_equal(pixels, PICTURE[150:250, :200])


@pytest.mark.parametrize("least", [8, 16, 33])
def test_only_what_lies_near_the_damage_is_lost(least: int) -> None:
    pixels, lost = read_what_can_be(read, Box(0, 0, 300, 500), least)
    assert lost is not None
    assert lost[DAMAGED.slices].all()
    assert not lost[~_grown(DAMAGED, 2 * least)].any()
    assert np.array_equal(pixels[~lost], PICTURE[~lost])
    assert (pixels[lost] == 255).all()


def test_a_box_that_is_all_damage_comes_back_white() -> None:
    pixels, lost = read_what_can_be(read, DAMAGED, 16)
    assert lost is not None
    assert lost.all()
    assert (pixels == 255).all()


def _grown(box: Box, by: int) -> NDArray[np.bool_]:
    where = np.zeros((300, 500), bool)
    where[box.grow(by).intersect(Box(0, 0, 300, 500)).slices] = True
    return where
