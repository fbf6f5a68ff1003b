from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from shapely import box

from pathoflow.errors import Code, TileUnreadable
from pathoflow.inference import InferenceSettings, TileTally
from pathoflow.pipeline.compose import Analysis
from pathoflow.pipeline.unreadable import (
    check_rim,
    distance_to_borders_um,
    find_unreadable,
    note_damage,
)
from pathoflow.slide import Slide
from pathoflow.space import Box, Mpp
from pathoflow.testing import ArrayReader
from pathoflow.tissue import QualityReport
from pathoflow.vessels import Region

MPP = Mpp.square(0.5)
#: A tile of 256 px at level 0: rows 512 to 768, columns 768 to 1024; 128 µm wide.
DAMAGED = Box(512, 768, 256, 256)


class DamagedReader(ArrayReader):
    """One tile cannot be decoded."""

    def read(self, level: int, box: Box) -> NDArray[np.uint8]:
        if not box.intersect(DAMAGED).is_empty:
            raise TileUnreadable("damaged.")
        return super().read(level, box)


@pytest.fixture
def damaged() -> Slide:
    return Slide(DamagedReader(np.full((1200, 1600, 3), (226, 170, 196), np.uint8), MPP))


def test_the_place_of_the_damaged_tile_is_found(
    damaged: Slide, make_quality: Callable[..., QualityReport]
) -> None:
    """At 2 µm/px; the mask has 8 µm, so the tile covers rows 32 to 48 and columns 48 to 64."""
    found = find_unreadable(damaged, make_quality().tissue, 2.0)
    assert found[32:48, 48:64].all()
    # Found to 128 px of 2 µm, 32 px of the mask, on every side.
    assert not found[:, :16].any()
    assert not found[:, 96:].any()


def test_an_intact_slide_has_no_such_place(
    slide: Slide, make_quality: Callable[..., QualityReport]
) -> None:
    assert not find_unreadable(slide, make_quality().tissue, 2.0).any()


def test_a_damaged_slide_keeps_the_place_for_the_vessels_that_touch_it(
    damaged: Slide, make_quality: Callable[..., QualityReport]
) -> None:
    analysis = Analysis("case", damaged, make_quality())
    settings = InferenceSettings(unreadable_limit=0.5)
    note_damage(analysis, TileTally(100, 0, 1, 10, 0.00001), [2.0], settings)
    assert analysis.quality is not None
    flag = analysis.quality.flags[-1]
    assert flag.code is Code.TILE_UNREADABLE
    assert flag.mask is not None
    assert flag.area_um2 == pytest.approx(flag.mask.sum() * 64)
    assert [remark.severity for remark in analysis.remarks] == ["warning"]


@pytest.mark.parametrize(
    ("corners", "expected"),
    [
        # Left, top, right, bottom in level-0 pixels of 0.5 µm; the place is one pixel of 16 px with its centre at (488, 328).
        ((0, 0, 388, 1000), 50.0),
        ((88, 28, 888, 628), 150.0),
        ((400, 328, 488, 400), 0.0),
    ],
    ids=["beside it", "around it", "on its border"],
)
def test_the_distance_is_that_to_the_nearest_border_from_inside_and_outside(
    make_quality: Callable[..., QualityReport],
    corners: tuple[int, int, int, int],
    expected: float,
) -> None:
    place = np.zeros((75, 100), bool)
    place[20, 30] = True
    found = distance_to_borders_um(place, make_quality().tissue, [box(*corners)])
    assert found == pytest.approx(expected)


def test_without_a_place_or_a_tumour_there_is_no_distance(
    make_quality: Callable[..., QualityReport],
) -> None:
    tissue = make_quality().tissue
    assert distance_to_borders_um(tissue.pixels, tissue, []) == float("inf")
    assert distance_to_borders_um(~tissue.pixels & tissue.pixels, tissue, [box(0, 0, 9, 9)]) == (
        float("inf")
    )


@pytest.mark.parametrize(("limit_um", "status"), [(10.0, "ok_with_warnings"), (500.0, "failed")])
def test_damage_within_the_limit_of_the_tumour_fails_the_slide(
    damaged: Slide, make_quality: Callable[..., QualityReport], limit_um: float, status: str
) -> None:
    analysis = Analysis("case", damaged, make_quality())
    settings = InferenceSettings(unreadable_limit=0.5, unreadable_rim_um=limit_um)
    note_damage(analysis, TileTally(100, 0, 1, 10, 0.00001), [2.0], settings)
    analysis.tumours = [Region(box(0, 0, 300, 1200), 1.0, 0.9)]
    check_rim(analysis, settings)
    assert analysis.status == status
    if status == "failed":
        assert "from the tumour's border" in analysis.remarks[-1].message


def test_more_than_the_permitted_share_of_the_tissue_fails_the_slide(
    damaged: Slide, make_quality: Callable[..., QualityReport]
) -> None:
    """The damaged tile is at least 16 x 16 of 50 x 80 pixels of tissue."""
    analysis = Analysis("case", damaged, make_quality())
    note_damage(analysis, TileTally(100, 0, 1, 10, 0.0), [2.0], InferenceSettings())
    assert analysis.status == "failed"
