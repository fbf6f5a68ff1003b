"""Where the slide is cut into tiles and blocks leaves no trace in the answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from shapely.geometry import shape

from pathoflow.inference import InferenceSettings
from pathoflow.metrics import match_polygons
from pathoflow.phantom import Artefacts, PhantomSpec, Truth
from pathoflow.pipeline import RunSettings, run_slide
from pathoflow.store import Result, load_result, open_pyramid
from pathoflow.testing.staged import Part, StagedPlan, stage, write_plan

#: One vein of 3 mm and ordinary ones round it, scanned at 2 µm per pixel.
WIDE = PhantomSpec(
    seed=1,
    size_px=(2500, 2500),
    mpp=2.0,
    family="test",
    tumour=False,
    background="normal",
    artefacts=Artefacts.none(),
)
ORDINARY: Mapping[str, Part] = {
    **{f"portal {d}": Part("portal", d) for d in (50, 65, 80, 100, 130)},
    **{f"central {d}": Part("central", d) for d in range(50, 150, 10)},
    **{f"sublobular {d}": Part("sublobular", d, aspect=1.4) for d in (160, 200, 250)},
}
PARTS: Mapping[str, Part] = {"giant": Part("sublobular", 3150, aspect=1.05), **ORDINARY}
#: Sides of tiles, in pixels of 2 µm; blocks are the same.
TILES = (1024, 512)


@lru_cache(maxsize=1)
def wide_plan() -> StagedPlan:
    return stage(WIDE, PARTS)


@pytest.fixture(scope="session")
def in_tiles(made_once: Callable[[str, Callable[[Path], None]], Path]) -> dict[int, Result]:
    """The wide slide's result with tiles of each side."""

    def make(there: Path) -> None:
        write_plan(wide_plan(), there / "wide.tiff")
        for tile_px in TILES:
            cut = InferenceSettings(tile_px=tile_px, block_px=1024)
            run_slide(there / "wide.tiff", there / str(tile_px), RunSettings(inference=cut))

    there = made_once("wide-vein", make)
    return {tile_px: load_result(there / str(tile_px) / "wide") for tile_px in TILES}


@pytest.mark.parametrize("tile_px", TILES)
def test_scenario_04_a_vein_wider_than_any_tile_has_one_closed_outline(
    in_tiles: dict[int, Result], tile_px: int
) -> None:
    """A lumen of 3 mm, on tiles of 2 mm and of 1 mm: one outline without holes, its area within 5 %.

    Between the bundles of muscle in its wall a speck may be taken for a vessel of its own; less than 0.1 % of the area.
    """
    vein = wide_plan().named("giant")
    assert vein.lumen.area_um2 == pytest.approx(math.pi * 1500**2, rel=0.05)
    assert 2 * float(vein.lumen.radius_um.min()) > tile_px * WIDE.mpp
    wall = Truth(wide_plan()).wall(vein)
    outlines = [shape(row["outline"]) for row in in_tiles[tile_px].vessels]
    *specks, outline = sorted(
        (one for one in outlines if one.intersects(wall)), key=lambda x: x.area
    )
    assert sum(speck.area for speck in specks) < 0.001 * wall.area
    assert outline.is_valid
    assert len(outline.interiors) == 0
    assert outline.area == pytest.approx(wall.area, rel=0.05)
    assert outline.intersection(wall).area > 0.95 * wall.area


def test_scenario_33_the_size_of_tiles_changes_no_vessel(in_tiles: dict[int, Result]) -> None:
    """Tiles of 512 and of 1,024 pixels, and so overlaps in other places: F1 of objects at least 0.98."""
    one, other = ([shape(row["outline"]) for row in in_tiles[side].vessels] for side in TILES)
    assert len(one) >= 15
    assert match_polygons(one, other).f1 >= 0.98


def test_vessels_do_not_depend_on_tiles_and_blocks(analysed: Path, small_blocks: Path) -> None:
    """One tile over everything against 16 tiles in 4 blocks.

    1. The same vessels: F1 of at least 0.99 at an IoU of 0.5.
    2. The same pixels: fewer than 0.1 % of the vessels' pixels differ.
    """
    whole = open_pyramid(analysed / "analysis.zarr", "labels/vessels")
    cut = open_pyramid(small_blocks / "analysis.zarr", "labels/vessels")
    assert whole.size == cut.size
    assert whole.shard_px > max(whole.size.shape)
    assert cut.shard_px == 512 < min(cut.size.shape)

    results = [load_result(folder) for folder in (small_blocks, analysed)]
    found, expected = ([shape(row["outline"]) for row in result.vessels] for result in results)
    assert len(expected) >= 4
    assert match_polygons(found, expected).f1 >= 0.99

    box = whole.size.box()
    differ = (whole.read(box) > 0) != (cut.read(box) > 0)
    assert np.count_nonzero(differ) < 0.001 * np.count_nonzero(whole.read(box))
