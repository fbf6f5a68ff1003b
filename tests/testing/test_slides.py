"""The reader contract accepts a faithful reader and catches the faults it is meant to catch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pathoflow.space import Box
from pathoflow.testing import ArrayReader, SlideReaderContract

PICTURE = np.random.default_rng(3).integers(0, 256, (90, 70, 3), dtype=np.uint8)


class TestArrayReader(SlideReaderContract):
    @pytest.fixture
    def reader(self) -> ArrayReader:
        return ArrayReader(PICTURE, factors=(2, 4))

    @pytest.fixture
    def expected(self) -> NDArray[np.uint8]:
        return PICTURE


def test_coarser_levels_are_block_means() -> None:
    reader = ArrayReader(PICTURE, factors=(2,))
    by_hand = PICTURE[2:4, 4:6].reshape(4, 3).mean(axis=0)
    assert np.abs(reader.read(1, Box(1, 2, 1, 1))[0, 0] - by_hand).max() <= 0.5


class Swapped(ArrayReader):
    """Takes x for y."""

    def read(self, level: int, box: Box) -> NDArray[np.uint8]:
        turned = super().read(level, Box(box.left, box.top, box.width, box.height))
        return turned.swapaxes(0, 1)


class Black(ArrayReader):
    """Leaves black what lies outside."""

    def read(self, level: int, box: Box) -> NDArray[np.uint8]:
        pixels = super().read(level, box)
        return np.where((pixels == 255).all(axis=2, keepdims=True), 0, pixels).astype(np.uint8)


class Wandering(ArrayReader):
    """Gives other pixels for other boxes."""

    def read(self, level: int, box: Box) -> NDArray[np.uint8]:
        return super().read(level, box.shift(box.height % 2, 0))


class Lending(ArrayReader):
    """Hands out its own memory."""

    def read(self, level: int, box: Box) -> NDArray[np.uint8]:
        return self._levels[level][box.slices]


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        (Swapped, lambda c, r: c.test_level_0_is_what_was_written(r, PICTURE)),
        (Black, lambda c, r: c.test_outside_is_white(r)),
        (Wandering, lambda c, r: c.test_pieces_put_together_are_the_whole(r)),
        (Lending, lambda c, r: c.test_what_is_read_may_be_painted_on(r)),
    ],
)
def test_the_contract_catches(
    fault: type[ArrayReader], check: Callable[[Any, ArrayReader], None]
) -> None:
    with pytest.raises(AssertionError):
        check(SlideReaderContract(), fault(PICTURE.copy(), factors=(2,)))
