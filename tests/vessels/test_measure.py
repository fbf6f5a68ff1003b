"""Shapes whose measures follow from a formula, drawn at 2 µm per pixel on a slide of 0.5 µm."""

from __future__ import annotations

import math

import numpy as np
import pytest
from shapely import Point as Spot
from shapely import Polygon, affinity, box

from pathoflow.space import Box, Frame, Mpp
from pathoflow.space.raster import box_around, paint_outlines
from pathoflow.vessels import LumenPatch, VesselShape, measure_vessel
from pathoflow.vessels.trace import trace_mask

FRAME = Frame(4.0, 4.0)
SLIDE = Mpp.square(0.5)


def ellipse(y_um: float, x_um: float, half_y: float, half_x: float, turn: float = 0.0) -> Polygon:
    """In µm, (x, y)."""
    shape = affinity.scale(Spot(0, 0).buffer(1, quad_segs=90), half_x, half_y)
    return affinity.translate(affinity.rotate(shape, turn, origin=(0, 0)), x_um, y_um)


def level0(shape: Polygon, slide: Mpp = SLIDE) -> Polygon:
    return affinity.scale(shape, 1 / slide.x, 1 / slide.y, origin=(0, 0))


def seen(outer: Polygon, *lumina: Polygon, frame: Frame = FRAME, slide: Mpp = SLIDE) -> VesselShape:
    """The measures of a vessel (outlines in µm) as its pixels give them."""
    window = box_around(level0(outer, slide), frame).grow(3)
    outline = trace_mask(paint_outlines([level0(outer, slide)], window, frame), window, frame)
    assert outline is not None
    inside = paint_outlines([level0(lumen, slide) for lumen in lumina], window, frame)
    patch = LumenPatch(np.where(inside, 255, 0).astype(np.uint8), window, frame)
    return measure_vessel(outline, patch, slide)


@pytest.mark.parametrize(
    ("radius", "wall"), [(20, 4), (30, 15), (60, 6), (100, 30), (400, 25), (1500, 40)]
)
def test_an_annulus_has_the_wall_and_the_lumen_of_its_radii(radius: float, wall: float) -> None:
    found = seen(
        ellipse(2000, 2000, radius, radius), ellipse(2000, 2000, radius - wall, radius - wall)
    )
    assert found.wall_thickness_um == pytest.approx(wall, abs=0.6)
    assert found.lumen_fraction == pytest.approx(((radius - wall) / radius) ** 2, abs=0.03)
    assert found.elongation == pytest.approx(1, abs=0.06)
    assert found.solidity > 0.95
    # Contours of pixels run in short steps: up to 6 % too long.
    assert found.perimeter_um == pytest.approx(2 * math.pi * radius, rel=0.06)
    assert found.lumen is not None
    assert found.lumen.area * 0.25 == pytest.approx(math.pi * (radius - wall) ** 2, rel=0.06)


@pytest.mark.parametrize("turn", [0, 30, 77])
def test_an_ellipse_is_as_elongated_as_its_axes(turn: float) -> None:
    found = seen(ellipse(500, 500, 60, 180, turn), ellipse(500, 500, 52, 172, turn))
    assert found.elongation == pytest.approx(3, rel=0.04)


@pytest.mark.parametrize("turn", [0, 41])
def test_a_slit_of_20_by_300_um_is_fifteen_times_as_long_as_wide(turn: float) -> None:
    slit = affinity.rotate(box(300, 400, 600, 420), turn)
    lumen = affinity.rotate(box(306, 406, 594, 414), turn)
    found = seen(slit, lumen)
    assert found.elongation == pytest.approx(15, rel=0.12)
    assert found.wall_thickness_um == pytest.approx(6, abs=0.7)
    assert found.lumen_fraction == pytest.approx(288 * 8 / (300 * 20), abs=0.05)


def test_the_wall_of_an_artery_beside_its_small_lumen_is_the_distance_between_them() -> None:
    found = seen(ellipse(101, 101, 20, 20), ellipse(101, 101, 7, 7))
    assert found.wall_thickness_um == pytest.approx(13, abs=0.8)
    assert found.lumen_fraction == pytest.approx(49 / 400, abs=0.02)


def test_half_a_pixel_of_lumen_moves_its_border_by_half_a_pixel() -> None:
    # A square lumen of 40 x 40 µm and one more column of half a probability: 1 µm wider on that side.
    outer = box(0, 0, 80, 80)
    window = Box(-2, -2, 44, 44)
    values = np.zeros((44, 44), np.uint8)
    values[12:32, 12:32] = 255
    narrow = measure_vessel(level0(outer), LumenPatch(values, window, FRAME), SLIDE)
    values = values.copy()
    values[12:32, 32] = 128
    wide = measure_vessel(level0(outer), LumenPatch(values, window, FRAME), SLIDE)
    assert narrow.lumen is not None
    assert wide.lumen is not None
    # 0.5 lies half-way from 255 to 0, and at the middle of the column of 128.
    assert wide.lumen.bounds[2] - narrow.lumen.bounds[2] == pytest.approx(4 * 0.5, abs=0.05)


def test_content_that_the_lumen_encloses_is_lumen_and_the_largest_part_counts() -> None:
    outer = ellipse(300, 300, 100, 100)
    ring = ellipse(300, 300, 90, 90).difference(ellipse(300, 300, 40, 40))
    found = seen(outer, ring)
    assert found.lumen_fraction == pytest.approx(0.81, abs=0.03)
    speck = ellipse(205, 300, 3, 3)
    assert seen(outer, ellipse(320, 300, 60, 60), speck).lumen_fraction == pytest.approx(
        0.36, abs=0.02
    )


def test_a_lumen_ends_at_the_outline_even_where_its_map_runs_over() -> None:
    found = seen(ellipse(300, 300, 50, 50), box(0, 0, 600, 600))
    assert found.lumen_fraction == 1.0
    assert found.wall_thickness_um == pytest.approx(0, abs=0.01)


def test_without_a_map_the_lumen_is_unknown_and_with_an_empty_one_it_is_nothing() -> None:
    outline = level0(ellipse(100, 100, 40, 40))
    blind = measure_vessel(outline, None, SLIDE)
    assert (blind.lumen, blind.lumen_fraction, blind.wall_thickness_um) == (None, None, None)
    assert blind.elongation == pytest.approx(1, abs=0.01)
    empty = seen(ellipse(100, 100, 40, 40))
    assert (empty.lumen, empty.lumen_fraction, empty.wall_thickness_um) == (None, 0.0, None)


def test_a_bent_vessel_is_less_solid_than_a_straight_one() -> None:
    ring = ellipse(300, 300, 200, 200).difference(ellipse(300, 300, 170, 170))
    bent = seen(ring.intersection(box(0, 0, 600, 300)))
    assert bent.solidity == pytest.approx(
        (math.pi * (200**2 - 170**2) / 2) / (math.pi * 200**2 / 2), abs=0.03
    )


def test_pixels_that_are_not_square_are_measured_in_micrometres() -> None:
    slide = Mpp(0.5, 0.25)
    found = seen(
        ellipse(300, 300, 80, 80), ellipse(300, 300, 60, 60), frame=Frame(4.0, 8.0), slide=slide
    )
    assert found.elongation == pytest.approx(1, abs=0.05)
    assert found.wall_thickness_um == pytest.approx(20, abs=0.6)
