from __future__ import annotations

import numpy as np
import pytest

from pathoflow.errors import UsageError
from pathoflow.space import Box, Size
from pathoflow.vessels import Either


class Plane:
    """A map in memory."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values
        self.size = Size(*values.shape)

    def read(self, box: Box) -> np.ndarray:
        return self.values[box.slices]


def test_every_pixel_has_the_higher_of_both() -> None:
    wall, lumen = (np.array(rows, np.uint8) for rows in ([[9, 200, 0]], [[80, 20, 0]]))
    both = Either(Plane(wall), Plane(lumen))
    assert both.size == Size(1, 3)
    assert both.read(Box(0, 0, 1, 2)).tolist() == [[80, 200]]


def test_maps_of_two_grids_are_refused() -> None:
    small, large = (Plane(np.zeros((side, side), np.uint8)) for side in (4, 8))
    with pytest.raises(UsageError, match="two grids"):
        Either(small, large)
