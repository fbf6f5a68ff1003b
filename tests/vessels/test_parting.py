"""Pairs that touch come apart; one vein, however bent, pinched or plugged, stays one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pathoflow.vessels.parting import PartingRules, part_mask

RULES = PartingRules()
ROWS, COLUMNS = np.mgrid[:200, :260] + 0.5
NOWHERE = np.zeros(ROWS.shape, bool)


def disc(y: float, x: float, radius: float, wide: float = 1.0) -> np.ndarray:
    return ((ROWS - y) ** 2 + ((COLUMNS - x) / wide) ** 2) <= radius**2


def parted(mask: np.ndarray, lumen: np.ndarray | None) -> int:
    """Number of vessels at 2 µm per pixel."""
    plane = None if lumen is None else np.where(lumen, 255, 0).astype(np.uint8)
    found = part_mask(mask, plane, 2.0, RULES)
    if found is None:
        return 1
    assert ((found > 0) <= mask).all()
    return int(found.max())


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / (one | other).sum())


@pytest.mark.parametrize("wall", [2, 4, 8])
def test_two_annuli_that_share_a_wall_come_apart_in_its_middle(wall: int) -> None:
    # Centres two radii less one wall apart: the wall between the lumina is as thick as elsewhere.
    first, second = disc(100, 80, 30), disc(100, 140 - wall, 30)
    lumen = disc(100, 80, 30 - wall) | disc(100, 140 - wall, 30 - wall)
    found = part_mask(first | second, np.where(lumen, 255, 0).astype(np.uint8), 2.0, RULES)
    assert found is not None
    assert found.max() == 2
    assert overlap(found == found[100, 80], first) >= 0.9
    assert overlap(found == found[100, 130], second) >= 0.9
    # One number for each lumen, and no pixel of the mask without.
    assert len(np.unique(found[lumen])) == 2
    assert ((found > 0) == (first | second)).all()


def test_an_artery_on_a_vein_keeps_its_thick_wall() -> None:
    vein, artery = disc(100, 80, 40), disc(100, 132, 14)
    lumen = disc(100, 80, 37) | disc(100, 132, 5)
    found = part_mask(vein | artery, np.where(lumen, 255, 0).astype(np.uint8), 2.0, RULES)
    assert found is not None
    assert overlap(found == found[100, 132], artery) >= 0.9
    assert overlap(found == found[100, 80], vein) >= 0.9


def test_three_vessels_in_a_row_are_three() -> None:
    mask = disc(100, 50, 24) | disc(100, 94, 24) | disc(100, 138, 24)
    lumen = disc(100, 50, 20) | disc(100, 94, 20) | disc(100, 138, 20)
    assert parted(mask, lumen) == 3


@pytest.mark.parametrize("half", [30, 50])
def test_a_plug_between_two_parts_of_one_lumen_parts_no_vein(half: int) -> None:
    vein, room = disc(100, 120, half), disc(100, 120, half - 4)
    # A plug as broad as the vein that touches the wall on both sides: two crescents remain.
    plug = (np.abs(ROWS - 100) < half) & (np.abs(COLUMNS - 120) < half / 3)
    assert parted(vein, room & ~plug) == 1
    # A horseshoe round a plug that grows from the wall.
    assert parted(vein, room & ~disc(100, 120 + half / 2, half / 2)) == 1
    # A thin band of fibrin across: as thin as two walls, but the vein has no notch where it ends.
    assert parted(vein, room & ~(np.abs(COLUMNS - 120) < 4)) == 1
    # The network takes the plug's island for a lumen of its own.
    island = disc(100, 120, half / 2) & ~disc(100, 120, half / 2 - 2)
    assert parted(vein, room & ~island) == 1


@pytest.mark.parametrize("gap", [3, 8, 40])
def test_a_collapsed_vein_whose_lumen_is_interrupted_stays_one(gap: int) -> None:
    slit = (np.abs(ROWS - 100) < 5) & (np.abs(COLUMNS - 120) < 75)
    lumen = (np.abs(ROWS - 100) < 2.5) & (np.abs(COLUMNS - 120) < 72)
    assert parted(slit, lumen & (np.abs(COLUMNS - 135) > gap / 2)) == 1


def test_a_weak_bridge_joins_two_lumina() -> None:
    mask = disc(100, 80, 30) | disc(100, 134, 30)
    plane = np.where(disc(100, 80, 25) | disc(100, 134, 25), 255, 0).astype(np.uint8)
    assert part_mask(mask, plane, 2.0, RULES) is not None
    # 0.4 all the way: the map is unsure whether there is a wall.
    plane[96:104, 100:116] = np.maximum(plane[96:104, 100:116], 102)
    assert part_mask(mask, plane, 2.0, RULES) is None


def test_a_figure_eight_parts_at_its_neck() -> None:
    first, second = disc(100, 80, 30), disc(100, 135, 30)
    found = part_mask(first | second, None, 2.0, RULES)
    assert found is not None
    assert found.max() == 2
    assert overlap(found == found[100, 80], first) >= 0.95
    assert overlap(found == found[100, 135], second) >= 0.95


@pytest.mark.parametrize("apart", [10, 30, 44])
def test_two_discs_part_only_where_the_neck_is_clear(apart: float) -> None:
    # Half the neck of two discs of radius 30 whose centres lie `apart` from each other.
    half_neck = math.sqrt(30**2 - (apart / 2) ** 2)
    assert half_neck / 30 > RULES.neck
    assert parted(disc(100, 80, 30) | disc(100, 80 + apart, 30), None) == 1


def test_without_lumina_one_vein_stays_one_however_it_winds() -> None:
    wave = np.abs(ROWS - 100 - 25 * np.sin(COLUMNS / 18)) < 9
    assert parted(wave & (np.abs(COLUMNS - 130) < 100), None) == 1
    beads = np.abs(ROWS - 100) < 10 + 7 * np.sin(COLUMNS / 6)
    assert parted(beads & (np.abs(COLUMNS - 130) < 100), None) == 1
    assert parted(disc(100, 130, 30, wide=3.5), None) == 1
    waist = np.abs(ROWS - 100) < 30 - 9 * np.exp(-(((COLUMNS - 130) / 20) ** 2))
    assert parted(waist & (np.abs(COLUMNS - 130) < 70), None) == 1


def test_a_bump_smaller_than_any_vessel_is_part_of_its_vein() -> None:
    mask = disc(100, 80, 40) | disc(100, 124, 5)
    assert parted(mask, None) == 1
    assert parted(mask, disc(100, 80, 36) | disc(100, 124, 3)) == 1


def test_only_the_largest_part_of_a_mask_is_looked_at() -> None:
    assert parted(disc(60, 60, 30) | disc(150, 200, 30), None) == 1
