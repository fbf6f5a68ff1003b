from __future__ import annotations

import numpy as np
import pytest

from pathoflow.space import Box, Frame
from pathoflow.vessels.window import TILE_PX, WindowReader, tile_order

OWN = Frame(4.0, 4.0)


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(3).integers(1, 255, (height, width), dtype=np.uint8)


@pytest.mark.parametrize(
    "box",
    [
        Box(0, 0, 5, 7),
        Box(1000, 1010, 60, 40),  # over the corner of four tiles
        Box(-6, 990, 30, 80),  # over the edge
        Box(1190, 1290, 50, 60),  # over the last corner
        Box(5000, 5000, 4, 4),  # outside
        Box(3, 4, 0, 9),
    ],
)
def test_a_window_is_what_the_map_holds_there(in_memory: type, box: Box) -> None:
    pyramid = in_memory(noise(1200, 1300))
    found = WindowReader(pyramid, OWN).read(box, OWN)
    assert (found == pyramid.read(box)).all()


def test_windows_asked_for_tile_by_tile_read_every_tile_once(in_memory: type) -> None:
    pyramid = in_memory(noise(2 * TILE_PX, 3 * TILE_PX))
    asked: list[Box] = []
    read = pyramid.read
    pyramid.read = lambda box, level=0: (asked.append(box), read(box, level))[1]
    reader = WindowReader(pyramid, OWN)
    rng = np.random.default_rng(0)
    boxes = [
        Box(int(y), int(x), 30, 30)
        for y, x in rng.integers(0, (2 * TILE_PX - 40, 3 * TILE_PX - 40), (300, 2))
    ]
    order = tile_order(boxes)
    assert sorted(order) == list(range(300))
    for at in order:
        reader.read(boxes[at], OWN)
    assert len(asked) == 6


def test_a_halved_grid_reads_the_coarser_level(in_memory: type) -> None:
    pyramid = in_memory(noise(64, 64), n_levels=3)
    found = WindowReader(pyramid, OWN).read(Box(1, 2, 6, 5), Frame(16.0, 16.0))
    assert (found == pyramid.arrays[2][1:7, 2:7]).all()


def test_any_other_grid_takes_the_pixel_under_its_centre(in_memory: type) -> None:
    pyramid = in_memory(noise(40, 40))
    # Three level-0 pixels instead of four: the centre of pixel i lies at (i + 0.5) * 0.75.
    found = WindowReader(pyramid, OWN).read(Box(2, 3, 10, 12), Frame(3.0, 3.0))
    rows = [int((i + 0.5) * 0.75) for i in range(2, 12)]
    columns = [int((j + 0.5) * 0.75) for j in range(3, 15)]
    assert (found == pyramid.arrays[0][np.ix_(rows, columns)]).all()
