from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from shapely import Point as Spot
from shapely import Polygon, affinity

from pathoflow.space import Frame, Mpp
from pathoflow.vessels import Region
from pathoflow.vessels.capsule import Capsule, CapsuleSettings

FRAME, SLIDE = Frame(4.0, 4.0), Mpp.square(0.5)
SIDE = 1536
ROWS, COLUMNS = (np.mgrid[:SIDE, :SIDE] + 0.5) * 2
AWAY = np.hypot(ROWS - 1500, COLUMNS - 1500)
#: A tumour of 800 µm in radius; everything in µm.
TUMOUR = 800.0


def disc(away: float, radius: float, turn: float = 0.3) -> Polygon:
    """A disc whose middle lies so far from the tumour's, level-0 (x, y)."""
    y, x = 1500 + away * np.sin(turn), 1500 + away * np.cos(turn)
    return affinity.scale(Spot(x, y).buffer(radius), 2, 2, origin=(0, 0))


def held(
    in_memory: type, stroma: np.ndarray, *outlines: Polygon, tumour: bool = True
) -> list[bool]:
    plane = np.where(stroma, 255, 0).astype(np.uint8)
    source = SimpleNamespace(pyramid=in_memory(plane, 4), frame=FRAME)
    mass = disc(0, TUMOUR)
    regions = [Region(mass, mass.area / 4, 0.9)] if tumour else []
    return Capsule(source, regions, SLIDE, CapsuleSettings()).holds(outlines)


def test_a_vein_in_the_coat_of_the_tumour_lies_in_the_capsule(in_memory: type) -> None:
    coat = (AWAY > TUMOUR) & (AWAY < TUMOUR + 200)
    inside, beyond, within = disc(900, 40), disc(1150, 40), disc(600, 40)
    assert held(in_memory, coat, inside, beyond, within) == [True, False, False]
    # The same all round.
    turned = [disc(920, 40, turn) for turn in np.linspace(0, 6, 9)]
    assert all(held(in_memory, coat, *turned))


def test_a_tract_that_touches_the_tumour_is_no_capsule(in_memory: type) -> None:
    turn = 0.3
    y, x = 1500 + 900 * np.sin(turn), 1500 + 900 * np.cos(turn)
    tract = (np.hypot(ROWS - y, COLUMNS - x) < 110) & (AWAY > TUMOUR)
    assert held(in_memory, tract, disc(900, 40)) == [False]


@pytest.mark.parametrize("gap", [100, 150])
def test_liver_between_the_coat_and_the_vein_parts_them(in_memory: type, gap: float) -> None:
    coat = (AWAY > TUMOUR) & (AWAY < TUMOUR + 60)
    septum = np.abs(AWAY - (TUMOUR + 60 + gap)) < 50
    assert held(in_memory, coat | septum, disc(TUMOUR + 60 + gap, 40)) == [False]


def test_without_a_tumour_nothing_lies_in_a_capsule(in_memory: type) -> None:
    everywhere = np.ones((SIDE, SIDE), bool)
    assert held(in_memory, everywhere, disc(900, 40), tumour=False) == [False]
    assert held(in_memory, ~everywhere, disc(900, 40)) == [False]
