from __future__ import annotations

import numpy as np
import pytest

from pathoflow.bench.tiles import painted_tiles


def test_tiles_are_two_of_the_size_asked_for_and_always_the_same() -> None:
    first = painted_tiles(2.0, 64)
    assert first.shape == (2, 64, 64, 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, painted_tiles(2.0, 64))


@pytest.mark.parametrize("side_px", [64, 256])
def test_they_show_stained_tissue_and_no_glass_around_it(side_px: int) -> None:
    for tile in painted_tiles(4.0, side_px):
        red, green, blue = (tile[..., channel].mean() for channel in range(3))
        # Haematoxylin and eosin both take most of the green.
        assert green < min(red, blue) < 250
        # White there is inside of vessels and sinusoids only.
        edges = np.concatenate([tile[0], tile[-1], tile[:, 0], tile[:, -1]])
        assert (edges.min(-1) > 235).mean() < 0.2
