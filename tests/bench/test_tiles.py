from __future__ import annotations

import numpy as np

from pathoflow.bench.tiles import painted_tiles


def test_tiles_are_two_of_the_size_asked_for_and_always_the_same() -> None:
    first = painted_tiles(2.0, 64)
    assert first.shape == (2, 64, 64, 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, painted_tiles(2.0, 64))


def test_they_show_stained_tissue() -> None:
    for tile in painted_tiles(2.0, 64):
        red, green, blue = (tile[..., channel].mean() for channel in range(3))
        # Haematoxylin and eosin both take most of the green.
        assert green < min(red, blue) < 250
        assert tile.std() > 10
