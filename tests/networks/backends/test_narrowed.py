from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pathoflow.networks.backends import Answer
from pathoflow.networks.backends.narrowed import Narrowed


class Three:
    """A map each of 10, 20 and 30."""

    name, dtype = "three", "float32"

    def __init__(self) -> None:
        self.rested = 0

    def start(self, pixels: NDArray[np.uint8]) -> Callable[[], Answer]:
        n, height, width, _ = pixels.shape
        maps = np.array([10, 20, 30], np.uint8)[None, :, None, None]
        return lambda: Answer(np.broadcast_to(maps, (n, 3, height, width)), False)

    def rest(self) -> None:
        self.rested += 1


def test_only_the_wanted_maps_are_handed_on_in_their_order() -> None:
    whole = Three()
    narrow = Narrowed(whole, (2, 0))
    maps, is_number = narrow.start(np.zeros((2, 4, 5, 3), np.uint8))()
    assert maps.shape == (2, 2, 4, 5)
    assert set(maps[:, 0].ravel()) == {30}
    assert set(maps[:, 1].ravel()) == {10}
    assert not is_number, "a map that is none is told, whichever it was"
    narrow.rest()
    assert (narrow.name, narrow.dtype, whole.rested) == ("three", "float32", 1)
