from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pathoflow.errors import OutOfMemory
from pathoflow.inference.feeder import Feeder


class Small:
    """A network with room for so many tiles at once; ``late`` finds that out only when the answer is fetched."""

    device = "cuda:0"

    def __init__(self, room: int, late: bool = False) -> None:
        self.room, self.late = room, late
        self.asked: list[int] = []

    def start(self, rgb: np.ndarray) -> Callable[[], np.ndarray]:
        self.asked.append(len(rgb))
        fits = len(rgb) <= self.room
        if not fits and not self.late:
            raise OutOfMemory(f"{len(rgb)} tiles do not fit; take fewer.")

        def wait() -> np.ndarray:
            if not fits:
                raise OutOfMemory(f"{len(rgb)} tiles do not fit; take fewer.")
            return rgb.max(axis=3)[:, None]

        return wait


@pytest.fixture
def tiles() -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (7, 4, 4, 3), np.uint8)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("room", [1, 2, 3, 7])
def test_every_tile_is_answered_however_little_fits(
    tiles: np.ndarray, room: int, late: bool
) -> None:
    feeder: Any = Feeder(Small(room, late))  # type: ignore[arg-type]
    assert np.array_equal(feeder.start(tiles)(), tiles.max(axis=3)[:, None])


def test_what_did_not_fit_is_not_tried_again(
    tiles: np.ndarray, caplog: pytest.LogCaptureFixture
) -> None:
    network = Small(room=2)
    feeder: Any = Feeder(network)  # type: ignore[arg-type]
    with caplog.at_level(logging.WARNING):
        feeder.start(tiles)()
    # Seven do not fit, nor four; twos do.
    assert network.asked == [7, 4, 2, 2, 2, 1]
    assert [record.message.split(";")[1] for record in caplog.records] == [
        " going on with 4",
        " going on with 2",
    ]
    feeder.start(tiles[:4])()
    assert network.asked[6:] == [2, 2]


@pytest.mark.parametrize("late", [False, True])
def test_one_tile_that_does_not_fit_is_an_error(tiles: np.ndarray, late: bool) -> None:
    feeder: Any = Feeder(Small(0, late))  # type: ignore[arg-type]
    with pytest.raises(OutOfMemory, match="1 tiles do not fit"):
        feeder.start(tiles)()
