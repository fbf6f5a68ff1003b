from __future__ import annotations

import logging
import math
from typing import Any

import numpy as np
import pytest
import shapely
from shapely import Polygon

from pathoflow.data import LabelSettings, Outline, PatchSet, label_patches
from pathoflow.errors import UsageError
from pathoflow.slide import Slide
from pathoflow.space import Mpp
from pathoflow.testing import ArrayReader

SETTINGS = LabelSettings(("vessel",), mpp=1.0, patch_px=64)


def slide(height: int = 400, width: int = 500, mpp: Mpp | None = None) -> Slide:
    """Pixels that tell their own place: red is y / 4, green x / 4."""
    y, x = np.mgrid[:height, :width]
    pixels = np.stack([y // 4, x // 4, np.full_like(y, 77)], axis=2).astype(np.uint8)
    # Stated by a person, so that pixels that are not square are believed.
    return Slide(ArrayReader(pixels), mpp=mpp or Mpp.square(0.5))


def outline(shape: shapely.Geometry, name: str | None = "Vessel") -> Outline:
    return Outline(shape, class_name=name)  # type: ignore[arg-type]


def box(top: float, left: float, height: float, width: float) -> Polygon:
    return shapely.box(left, top, left + width, top + height)


def corners(found: PatchSet) -> list[tuple[int, int]]:
    """Level-0 (y, x) of each patch's first pixel, to 4 px, from its colours."""
    return [(int(one[0, 0, 0]) * 4, int(one[0, 0, 1]) * 4) for one in found.pixels]


def test_a_small_region_sits_in_the_middle_of_one_patch_and_alone_is_known() -> None:
    region, vessel = box(180, 220, 40, 60), box(190, 230, 20, 10)
    found = label_patches(slide(), [outline(region, "Region*"), outline(vessel)], SETTINGS)
    assert found.pixels.shape == (1, 64, 64, 3)
    assert found.mpp == 1.0
    assert found.groups == ("array",)
    # The middle of the region is (200, 250) at level 0, (100, 125) at 1 µm: the patch begins 32 px before.
    assert corners(found) == [(136, 184)]
    known = np.zeros((64, 64), bool)
    known[90 - 68 : 110 - 68, 110 - 93 : 140 - 93] = True
    assert np.array_equal(found.known[0], known)
    mask = np.zeros((64, 64), bool)
    mask[95 - 68 : 105 - 68, 115 - 93 : 120 - 93] = True
    assert np.array_equal(found.masks[0, 0], mask)


@pytest.mark.parametrize("name", ["Region*", "region", "ROI", "roi", "Region: slide 1"])
def test_regions_have_several_names(name: str) -> None:
    found = label_patches(
        slide(), [outline(box(100, 100, 40, 40), name), outline(box(110, 110, 9, 9))], SETTINGS
    )
    assert found.known.sum() == 20 * 20


def test_a_large_region_is_covered_once_by_patches_that_share_edges() -> None:
    # 128 x 192 px at 1 µm: two by three patches, edge to edge.
    region = box(20, 40, 256, 384)
    found = label_patches(
        slide(), [outline(region, "Region"), outline(box(30, 50, 8, 8))], SETTINGS
    )
    assert corners(found) == [(y, x) for y in (20, 148) for x in (40, 168, 296)]
    assert found.known.all()
    assert found.masks.sum() == 4 * 4


def test_only_parts_of_a_crooked_region_become_patches() -> None:
    crooked = shapely.union_all([box(0, 0, 400, 100), box(300, 0, 100, 400)])
    found = label_patches(slide(), [outline(crooked, "ROI"), outline(box(9, 9, 20, 20))], SETTINGS)
    # Of the 4 x 4 squares that cover the L of 200 x 200 px, those in its inner corner know nothing.
    assert 0 < len(found) < 16
    assert found.known.reshape(len(found), -1).any(axis=1).all()


@pytest.mark.parametrize("mpp", [0.25, 0.5, 0.8, 2.0])
def test_masks_have_the_area_of_their_outlines_less_holes_at_any_scale(mpp: float) -> None:
    settings = LabelSettings(("vessel",), mpp=mpp, patch_px=math.ceil(130 / mpp))
    disc = shapely.Point(250.3, 200.7).buffer(80, 64)
    ring = disc.difference(shapely.Point(255, 190).buffer(30, 64))
    found = label_patches(slide(), [outline(ring)], settings)
    assert len(found) == 1
    area_um2 = found.masks.sum() * mpp**2
    # A pixel centre rule errs by much less than a pixel along the whole rim.
    assert area_um2 == pytest.approx(ring.area * 0.25, abs=ring.length * 0.5 * mpp * 0.1)
    # The centre rule itself, from shapely.
    y, x = np.argwhere(found.masks[0, 0]).T
    corner = np.array(corners_exact(settings, disc))
    points = shapely.points((x + corner[1] + 0.5) * mpp / 0.5, (y + corner[0] + 0.5) * mpp / 0.5)
    assert shapely.contains(ring, points).all()


def corners_exact(settings: LabelSettings, shape: shapely.Geometry) -> tuple[int, int]:
    """Where the only patch begins, worked out by hand: the bounding box in whole pixels, in its middle."""
    scale = settings.mpp / 0.5
    left, top, right, bottom = shape.bounds
    starts = []
    for low, high in ((top, bottom), (left, right)):
        first = math.floor(math.floor(low) / scale)
        last = math.ceil(math.ceil(high) / scale)
        starts.append(first + (last - first - settings.patch_px) // 2)
    return starts[0], starts[1]


def test_without_a_region_what_is_near_an_outline_is_known() -> None:
    vessel = shapely.Point(250, 200).buffer(20, 64)
    settings = LabelSettings(("vessel",), mpp=0.5, patch_px=200, margin_um=30)
    found = label_patches(slide(), [outline(vessel)], settings)
    # A disc of 20 px, grown by 30 µm, which are 60 px.
    assert found.known.sum() == pytest.approx(math.pi * 80**2, rel=0.003)
    assert found.masks.sum() == pytest.approx(math.pi * 20**2, rel=0.01)


def test_margins_are_micrometres_where_pixels_are_not_square() -> None:
    vessel = box(150, 150, 100, 100)
    settings = LabelSettings(("vessel",), mpp=0.5, patch_px=190, margin_um=20)
    found = label_patches(slide(mpp=Mpp(1.0, 0.5)), [outline(vessel)], settings)
    rows, columns = (np.flatnonzero(found.known.any(axis=(0, axis))) for axis in (2, 1))
    # 100 px of 1 µm and of 0.5 µm, and 20 µm on either side, at 0.5 µm. The patch is lower than that.
    assert len(columns) == 100 + 2 * 40
    assert len(rows) == 190


def test_outlines_close_together_share_a_patch_and_distant_ones_do_not() -> None:
    shapes = [box(100, 100, 20, 20), box(130, 140, 20, 20), box(300, 400, 20, 20)]
    found = label_patches(slide(), [outline(s) for s in shapes], SETTINGS)
    assert len(found) == 2
    assert found.masks.sum(axis=(1, 2, 3)).tolist() == [200, 100]


def test_an_outline_larger_than_a_patch_is_covered_whole() -> None:
    large = box(50, 50, 200, 300)
    settings = LabelSettings(("vessel",), mpp=1.0, patch_px=50, margin_um=0)
    found = label_patches(slide(), [outline(large)], settings)
    assert len(found) == 2 * 3, "100 x 150 px, edge to edge"
    assert found.masks.sum() == 100 * 150


def test_an_outline_just_too_large_for_a_patch_does_not_come_twice_all_but_alike() -> None:
    # 66 px wide where a patch has 64: with its margin of 20 px it spans 106 px, so the patches begin 42 px apart.
    settings = LabelSettings(("vessel",), mpp=1.0, patch_px=64, margin_um=20)
    found = label_patches(slide(), [outline(box(180, 120, 40, 132))], settings)
    (top, left), (same, right) = corners(found)
    assert top == same
    assert right - left == 2 * 42
    assert left == 120 - 2 * 20


def test_patches_at_the_rim_stay_on_the_slide() -> None:
    found = label_patches(
        slide(), [outline(box(0, 0, 20, 20)), outline(box(380, 480, 20, 20))], SETTINGS
    )
    assert corners(found) == [(0, 0), (400 - 128, 500 - 128)]
    assert found.masks.sum() == 200


def test_what_lies_outside_of_a_small_slide_is_white_and_not_known() -> None:
    tiny = slide(60, 60)
    found = label_patches(tiny, [outline(box(0, 0, 60, 60))], SETTINGS)
    assert found.known.sum() == 30 * 30
    assert (found.pixels[~found.known] == 255).all()


def test_classes_have_masks_of_their_own_and_may_overlap() -> None:
    settings = LabelSettings(("Tumour", "Vessel"), mpp=0.5, patch_px=128)
    shapes = [
        outline(box(100, 100, 40, 40), "vessel: MVI"),
        outline(box(120, 120, 40, 40), "TUMOUR"),
    ]
    found = label_patches(slide(), shapes, settings)
    assert found.classes == ("Tumour", "Vessel")
    assert found.masks.sum(axis=(0, 2, 3)).tolist() == [1600, 1600]
    assert found.masks.all(axis=1).sum() == 20 * 20


def test_ignored_places_are_not_known() -> None:
    shapes = [
        outline(box(100, 100, 60, 60), "Region*"),
        outline(box(100, 100, 20, 60), "Ignore*"),
        outline(box(130, 130, 10, 10)),
    ]
    assert label_patches(slide(), shapes, SETTINGS).known.sum() == 30 * 30 - 10 * 30


def test_a_file_with_regions_alone_says_that_nothing_is_there() -> None:
    found = label_patches(slide(), [outline(box(100, 100, 60, 60), "Region*")], SETTINGS)
    assert found.known.sum() == 30 * 30
    assert not found.masks.any()


def test_other_classes_and_outlines_outside_regions_are_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shapes = [
        outline(box(100, 100, 60, 60), "Region*"),
        outline(box(110, 110, 10, 10)),
        outline(box(300, 300, 10, 10)),
        outline(box(120, 120, 10, 10), "Duct"),
        outline(box(120, 120, 10, 10), "Duct"),
        outline(box(120, 120, 10, 10), None),
    ]
    with caplog.at_level(logging.WARNING):
        found = label_patches(slide(), shapes, SETTINGS, source="a.geojson")
    assert found.masks.sum() == 25
    assert (
        "a.geojson: outlines of other classes are not used: 2 of Duct, 1 of no class" in caplog.text
    )
    assert "1 of 2 outlines lie outside of every region" in caplog.text


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ([], "a.geojson has no outline of class vessel; it holds none"),
        ([outline(box(0, 0, 9, 9), "Vein")], "it holds 1 of Vein: give the outlines that class"),
        (
            [outline(box(0, 0, 9, 9), "Region"), outline(box(0, 0, 9, 9), None)],
            "it holds 1 of no class",
        ),
        ([outline(box(4000, 0, 9, 9))], r"lies on array.tiff \(400 x 500 px\)"),
    ],
)
def test_nothing_to_learn_from_is_refused_with_the_classes_found(
    shapes: list[Outline], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        label_patches(slide(), shapes, SETTINGS, source="a.geojson")


@pytest.mark.parametrize(
    "wrong",
    [{"classes": ()}, {"mpp": 0.0}, {"mpp": math.nan}, {"patch_px": 0}, {"margin_um": -1.0}],
)
def test_senseless_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="patches need classes"):
        LabelSettings(**{"classes": ("vessel",), "mpp": 1.0, "patch_px": 64, **wrong})


def test_the_group_is_the_patient_where_one_is_named() -> None:
    found = label_patches(slide(), [outline(box(9, 9, 9, 9))], SETTINGS, group="P-7")
    assert found.groups == ("P-7",)
