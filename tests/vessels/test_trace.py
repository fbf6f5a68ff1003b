from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from pathoflow.space import Box, Frame, Mpp
from pathoflow.store import Pyramid
from pathoflow.tissue import TissueMask
from pathoflow.vessels import Traced, Vessel, VesselObject, trace_vessels
from pathoflow.vessels.trace import trace_mask

Make = Callable[..., Pyramid]
FRAME = Frame(4.0, 4.0)
SLIDE = Mpp.square(0.5)
SHA = "ab" * 32


def ellipse(y: float, x: float, radius_y: float, radius_x: float | None = None) -> np.ndarray:
    """Pixels whose centre lies inside, on a plane of 160 x 180."""
    rows, columns = np.mgrid[:160, :180] + 0.5
    return ((rows - y) / radius_y) ** 2 + ((columns - x) / (radius_x or radius_y)) ** 2 <= 1


def everywhere(box: Box) -> np.ndarray:
    return np.ones(box.size.shape, bool)


def traced(
    pyramid: Make,
    *masks: np.ndarray,
    frame: Frame = FRAME,
    slide: Mpp = SLIDE,
    tissue: Callable[[Box], np.ndarray] = everywhere,
) -> list[Vessel]:
    labels = np.zeros((160, 180), np.uint32)
    objects = []
    for number, mask in enumerate(masks, start=1):
        labels[mask] = number
        rows, columns = ndimage.find_objects(mask.astype(int))[0]
        first = tuple(int(v) for v in np.argwhere(mask)[0])
        box = Box.spanning(rows.start, columns.start, rows.stop, columns.stop)
        objects.append(VesselObject(number, box, first, 0.8))  # type: ignore[arg-type]
    return trace_vessels(Traced(pyramid(labels), frame, slide, SHA, tissue), objects)


@pytest.mark.parametrize("radius", [10, 12.3, 30, 55.5])
def test_a_disc_has_the_area_centre_and_diameter_of_the_formula(
    pyramid: Make, radius: float
) -> None:
    (vessel,) = traced(pyramid, ellipse(70.4, 90.2, radius))
    # Pixels of the map are 4 level-0 pixels of 0.5 µm: 2 µm.
    radius_um = radius * 2
    assert vessel.area_um2 == pytest.approx(math.pi * radius_um**2, rel=0.02)
    assert vessel.equivalent_diameter_um == pytest.approx(2 * radius_um, rel=0.01)
    assert vessel.centroid.y == pytest.approx(70.4 * 4, abs=1)
    assert vessel.centroid.x == pytest.approx(90.2 * 4, abs=1)
    assert vessel.outline.is_valid
    assert not vessel.outline.interiors


def test_outlines_lie_in_level_0_pixels_x_before_y(pyramid: Make) -> None:
    mask = np.zeros((160, 180), bool)
    mask[20:40, 50:130] = True
    (vessel,) = traced(pyramid, mask)
    assert vessel.outline.bounds == pytest.approx((50 * 4, 20 * 4, 130 * 4, 40 * 4), abs=2)
    assert vessel.box == Box(80, 200, 80, 320)
    # Contours cut the four corners.
    assert vessel.area_um2 == pytest.approx(40 * 160, rel=0.01)


def test_pixels_that_are_not_square_are_measured_rightly(pyramid: Make) -> None:
    # Level 0 of 0.5 x 0.25 µm; the map of 2 µm is 4 x 8 level-0 pixels.
    (vessel,) = traced(pyramid, ellipse(80, 70, 30), frame=Frame(4.0, 8.0), slide=Mpp(0.5, 0.25))
    assert vessel.area_um2 == pytest.approx(math.pi * 60**2, rel=0.02)
    assert (vessel.centroid.y, vessel.centroid.x) == pytest.approx((320, 560), abs=2)
    left, top, right, bottom = vessel.outline.bounds
    assert (right - left, bottom - top) == pytest.approx((480, 240), rel=0.02)


def test_the_outline_runs_within_half_a_map_pixel_of_the_true_one(pyramid: Make) -> None:
    (vessel,) = traced(pyramid, ellipse(80, 90, 40))
    away = [math.hypot(x / 4 - 90, y / 4 - 80) - 40 for x, y in vessel.outline.exterior.coords]
    assert max(map(abs, away)) < 1.0
    assert len(away) < 2 * math.pi * 40 / 2, "simplified to fewer points than pixels along it"


def test_a_ring_is_outlined_with_its_lumen(pyramid: Make) -> None:
    ring = ellipse(80, 90, 30) & ~ellipse(80, 90, 25)
    (vessel,) = traced(pyramid, ring)
    assert vessel.area_um2 == pytest.approx(math.pi * 60**2, rel=0.02)


def test_parts_that_touch_over_a_corner_are_one_valid_outline(pyramid: Make) -> None:
    mask = np.zeros((160, 180), bool)
    mask[20:40, 20:40] = mask[40:60, 40:60] = True
    (vessel,) = traced(pyramid, mask)
    assert vessel.outline.is_valid
    assert vessel.area_um2 == pytest.approx(800 * 4, rel=0.02)


def test_neighbours_do_not_mix(pyramid: Make) -> None:
    one, other = ellipse(50, 50, 20), ellipse(50, 91.5, 20)
    first, second = traced(pyramid, one, other)
    assert (first.label, second.label) == (1, 2)
    assert first.area_um2 == pytest.approx(second.area_um2, rel=0.02)
    assert first.outline.intersection(second.outline).area < 1


@pytest.mark.parametrize(
    ("y", "x", "is_cut"),
    [
        (80, 90, False),
        (10, 90, True),
        (80, 10, True),
        (155, 90, True),
        (80, 175, True),
        (25, 90, False),
    ],
)
def test_a_vessel_at_the_slides_edge_is_truncated(
    pyramid: Make, y: float, x: float, is_cut: bool
) -> None:
    (vessel,) = traced(pyramid, ellipse(y, x, 20))
    assert vessel.is_truncated is is_cut


@pytest.mark.parametrize(("last", "is_cut"), [(109, True), (110, True), (115, False), (170, False)])
def test_a_vessel_at_the_tissues_edge_is_truncated(pyramid: Make, last: int, is_cut: bool) -> None:
    def tissue(box: Box) -> np.ndarray:
        columns = np.arange(box.left, box.right)
        return np.broadcast_to(columns <= last, box.size.shape).copy()

    (vessel,) = traced(pyramid, ellipse(80, 90, 20), tissue=tissue)
    assert vessel.is_truncated is is_cut


def test_a_vessel_that_an_excluded_area_reaches_into_is_truncated(pyramid: Make) -> None:
    # Tissue everywhere at 8 µm per pixel, but for a pen line over columns 80 to 91 of the map.
    pen = np.zeros((40, 45), bool)
    pen[:, 20:23] = True
    mask = TissueMask(np.ones((40, 45), bool), Frame(16.0, 16.0), SLIDE).without(pen, 0)
    inked, clear = traced(
        pyramid,
        ellipse(50, 75, 20),
        ellipse(50, 140, 20),
        tissue=lambda box: mask.resample(box, FRAME),
    )
    assert inked.is_truncated
    assert not clear.is_truncated


def test_ids_are_uuids_that_stay_and_differ_between_places_and_slides(pyramid: Make) -> None:
    masks = ellipse(50, 50, 20), ellipse(110, 120, 20)
    first, second = traced(pyramid, *masks)
    again = traced(pyramid, *masks)
    assert [v.id for v in again] == [first.id, second.id]
    assert first.id != second.id
    assert UUID(first.id).version == 5
    # The number does not matter, the place does.
    (alone,) = traced(pyramid, masks[1])
    assert alone.id == second.id
    assert alone.label != second.label
    labels = pyramid(masks[0].astype(np.uint32))
    known = Traced(labels, FRAME, SLIDE, "cd" * 32, everywhere)
    found = VesselObject(1, Box(30, 30, 40, 40), (30, 45), 0.8)
    (elsewhere,) = trace_vessels(known, [found])
    (here,) = trace_vessels(replace(known, slide_sha256=SHA), [found])
    assert elsewhere.id != here.id


def test_no_objects_give_no_vessels(pyramid: Make) -> None:
    assert traced(pyramid) == []


def test_an_empty_mask_has_no_outline() -> None:
    assert trace_mask(np.zeros((5, 5), bool), Box(0, 0, 5, 5), FRAME) is None


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.floats(0.8, 3))
def test_outlines_of_any_mask_are_valid_and_cover_its_largest_part(seed: int, width: float) -> None:
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=(40, 50)), width)
    numbered, _ = ndimage.label(noise > noise.std(), np.ones((3, 3)))
    sizes = np.bincount(numbered.ravel())[1:]
    mask = ndimage.binary_fill_holes(numbered == 1 + int(sizes.argmax()))
    outline = trace_mask(mask, Box(100, 200, 40, 50), Frame(2.0, 2.0))
    assert outline is not None
    assert outline.is_valid
    # Simplifying moves the outline by at most 0.4 pixels.
    rim = (mask & ~ndimage.binary_erosion(mask)).sum()
    assert abs(outline.area / 4 - mask.sum()) <= 0.4 * rim + 1
    assert Box(198, 398, 84, 104).contains(
        Box.spanning(
            *(
                int(v)
                for v in (
                    outline.bounds[1],
                    outline.bounds[0],
                    outline.bounds[3],
                    outline.bounds[2],
                )
            )
        )
    )
