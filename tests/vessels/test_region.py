from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely import Point

from pathoflow.space import Box, Frame, Mpp, Size
from pathoflow.store import Pyramid
from pathoflow.tissue import planes
from pathoflow.vessels import Region, RegionSettings, paint_outlines, paint_regions, trace_regions

Make = Callable[..., Pyramid]
# Maps of 4 µm on a slide of 0.5 µm; regions are traced at 8 µm, the second level.
FRAME, SLIDE = Frame(8.0, 8.0), Mpp.square(0.5)
SETTINGS = RegionSettings(min_area_um2=20_000.0, max_hole_um2=30_000.0)


def disc(y: float, x: float, radius: float) -> np.ndarray:
    """A disc on a map of 320 x 400 pixels of 4 µm."""
    rows, columns = np.mgrid[:320, :400] + 0.5
    return (rows - y) ** 2 + (columns - x) ** 2 <= radius**2


def regions_of(
    in_memory: Make, mask: np.ndarray, how: RegionSettings = SETTINGS, leave_out: tuple = ()
) -> list[Region]:
    plane = np.where(mask, 230, 10).astype(np.uint8)
    return trace_regions(in_memory(plane, 3), FRAME, SLIDE, how, leave_out)


def level0_disc(y: float, x: float, radius: float) -> shapely.Polygon:
    return Point(x * 8, y * 8).buffer(radius * 8, 64)


def test_a_large_disc_is_found_where_it_is(in_memory: Make) -> None:
    (region,) = regions_of(in_memory, disc(150, 210, 90))
    assert region.area_um2 == pytest.approx(math.pi * 360**2, rel=0.05)
    assert region.outline.centroid.y == pytest.approx(150 * 8, abs=16)
    assert region.outline.centroid.x == pytest.approx(210 * 8, abs=16)
    true = level0_disc(150, 210, 90)
    shared = region.outline.intersection(true).area / region.outline.union(true).area
    assert shared > 0.95
    assert region.mean_probability == pytest.approx(230 / 255, rel=0.05)
    assert region.outline.is_valid


def test_regions_come_largest_first(in_memory: Make) -> None:
    found = regions_of(in_memory, disc(60, 60, 30) | disc(200, 250, 80) | disc(60, 330, 45))
    radii = [math.sqrt(region.area_um2 / math.pi) / 4 for region in found]
    assert radii == pytest.approx([80, 45, 30], rel=0.05)


def test_small_blobs_are_no_mass(in_memory: Make) -> None:
    # A radius of 15 map pixels is 60 µm: 11,310 µm², less than 20,000.
    (region,) = regions_of(in_memory, disc(150, 210, 90) | disc(40, 40, 15))
    assert region.outline.centroid.x > 1000
    assert regions_of(in_memory, disc(40, 40, 15)) == []
    (small,) = regions_of(in_memory, disc(40, 40, 15), replace(SETTINGS, min_area_um2=5_000.0))
    assert small.area_um2 == pytest.approx(math.pi * 60**2, rel=0.15)


def test_a_stored_map_gives_the_region_of_one_in_memory(in_memory: Make, pyramid: Make) -> None:
    plane = np.where(disc(150, 210, 90), 230, 10).astype(np.uint8)
    (stored,) = trace_regions(pyramid(plane, 3, shard=256), FRAME, SLIDE, SETTINGS)
    (region,) = regions_of(in_memory, disc(150, 210, 90))
    assert stored.area_um2 == pytest.approx(region.area_um2, rel=1e-3)


def test_an_empty_map_has_no_regions(in_memory: Make) -> None:
    assert regions_of(in_memory, np.zeros((320, 400), bool)) == []


def test_a_small_map_without_tumour_is_not_one_hole(in_memory: Make) -> None:
    # 320 x 400 pixels of 4 µm are 2.05 mm²: less than the largest hole allowed here.
    how = RegionSettings(max_hole_um2=3e6)
    assert regions_of(in_memory, np.zeros((320, 400), bool), how) == []


def test_a_corner_that_the_mass_cuts_off_is_not_a_hole(in_memory: Make) -> None:
    mask = np.zeros((320, 400), bool)
    mask[:, 100:200] = True
    (region,) = regions_of(in_memory, mask, RegionSettings(max_hole_um2=3e6))
    # 320 x 100 pixels of 16 µm²; the strips on both sides reach the edge of the slide.
    assert region.area_um2 == pytest.approx(320 * 100 * 16, rel=0.05)


def test_holes_up_to_the_limit_belong_to_the_region(in_memory: Make) -> None:
    # A hole of radius 20 is 80 µm: 20,106 µm².
    ring = disc(150, 210, 90) & ~disc(150, 210, 20)
    (region,) = regions_of(in_memory, ring)
    assert region.area_um2 == pytest.approx(math.pi * 360**2, rel=0.05)
    assert region.mean_probability < 0.9, "the hole lowers the mean"
    (open_one,) = regions_of(in_memory, ring, replace(SETTINGS, max_hole_um2=10_000.0))
    assert open_one.mean_probability > region.mean_probability


def test_a_plug_of_tumour_inside_a_vessel_is_no_mass(in_memory: Make) -> None:
    plug = disc(80, 80, 40)
    assert len(regions_of(in_memory, plug)) == 1
    assert regions_of(in_memory, plug, leave_out=(level0_disc(80, 80, 44),)) == []


def test_a_vessel_inside_the_mass_does_not_bite_into_it(in_memory: Make) -> None:
    mask = disc(150, 210, 90)
    vessels = (level0_disc(150, 210, 12), level0_disc(100, 250, 15))
    (region,) = regions_of(in_memory, mask, leave_out=vessels)
    assert region.area_um2 == pytest.approx(math.pi * 360**2, rel=0.05)


def test_specks_and_thin_gaps_are_smoothed_away(in_memory: Make) -> None:
    rng = np.random.default_rng(0)
    mask = disc(150, 210, 90) ^ (rng.random((320, 400)) < 0.15)
    (region,) = regions_of(in_memory, mask)
    assert region.area_um2 == pytest.approx(math.pi * 360**2, rel=0.05)


def test_regions_are_the_same_whatever_the_bands_they_are_smoothed_in(
    in_memory: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(3)
    mask = disc(150, 210, 90) ^ (rng.random((320, 400)) < 0.2)
    vessels = (level0_disc(150, 210, 12), level0_disc(100, 250, 15))
    (at_once,) = regions_of(in_memory, mask, leave_out=vessels)
    # At 8 µm the map has 160 x 200 pixels: bands of three rows, where the smoothing looks six rows far.
    monkeypatch.setattr(planes, "_BAND_PX", 600)
    (in_bands,) = regions_of(in_memory, mask, leave_out=vessels)
    assert in_bands == at_once


def test_a_map_without_coarser_levels_is_traced_as_it_is(in_memory: Make) -> None:
    plane = np.where(disc(150, 210, 90), 230, 10).astype(np.uint8)
    (region,) = trace_regions(in_memory(plane), FRAME, SLIDE, SETTINGS)
    assert region.area_um2 == pytest.approx(math.pi * 360**2, rel=0.05)


def test_pixels_that_are_not_square_are_measured_rightly(in_memory: Make) -> None:
    plane = np.where(disc(150, 210, 90), 230, 10).astype(np.uint8)
    frame, slide = Frame(8.0, 16.0), Mpp(0.5, 0.25)
    (region,) = trace_regions(in_memory(plane, 3), frame, slide, SETTINGS)
    assert region.area_um2 == pytest.approx(math.pi * 360**2, rel=0.05)
    assert region.outline.centroid.x == pytest.approx(210 * 16, abs=32)


def test_regions_are_painted_in_order_whatever_the_blocks(in_memory: Make) -> None:
    shapes = [level0_disc(60, 60, 30), level0_disc(100, 140, 20)]
    regions = [Region(shape, shape.area / 4, 0.9) for shape in shapes]
    size = Size(160, 200)
    planes = []
    for side in (32, 64, 256):
        labels = in_memory(np.zeros(size.shape, np.uint32))
        paint_regions(regions, labels, FRAME, side)
        planes.append(labels.read(size.box()))
    assert all(np.array_equal(plane, planes[0]) for plane in planes)
    for number, shape in enumerate(shapes, start=1):
        whole = paint_outlines([shape], Box(0, 0, 160, 200), FRAME)
        assert np.array_equal(planes[0] == number, whole)
    assert (planes[0] == 1).sum() == pytest.approx(math.pi * 30**2, rel=0.02)


def test_no_regions_paint_nothing(in_memory: Make) -> None:
    labels = in_memory(np.zeros((64, 64), np.uint32))
    paint_regions([], labels, FRAME, 32)
    assert not labels.read(Box(0, 0, 64, 64)).any()
