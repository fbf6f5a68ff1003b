from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from shapely import Polygon, box

from pathoflow.errors import UsageError
from pathoflow.phantom import PhantomSpec
from pathoflow.phantom.plan.tissue import TissuePlan, plan_tissue
from pathoflow.phantom.recipe.spec import Artefacts
from pathoflow.phantom.shapes.cells import Extent
from pathoflow.phantom.shapes.outline import ANGLES, WavyRing
from pathoflow.space import Point, to_xy


def planned(seed: int, size: tuple[int, int], mpp: float = 0.5, **keys: object) -> TissuePlan:
    spec = replace(PhantomSpec(seed, size, mpp, "train"), **keys)  # type: ignore[arg-type]
    return plan_tissue(spec, np.random.default_rng(seed))


def polygon(ring: WavyRing) -> Polygon:
    return Polygon(to_xy(ring.polygon_um()))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("size", [(20000, 20000), (9000, 24000), (3000, 2500)])
def test_tissue_covers_half_to_four_fifths_of_the_slide_and_leaves_glass_round_it(
    seed: int, size: tuple[int, int]
) -> None:
    tissue = planned(seed, size)
    slide = box(0, 0, size[1] * 0.5, size[0] * 0.5)
    pieces = [polygon(piece) for piece in tissue.pieces]
    assert all(slide.buffer(-0.02 * min(size) * 0.5).contains(piece) for piece in pieces)
    assert 0.5 < sum(piece.area for piece in pieces) / slide.area < 0.85
    assert all(not a.intersects(b) for k, a in enumerate(pieces) for b in pieces[:k])


@pytest.mark.parametrize("seed", range(6))
def test_a_block_has_straight_cut_sides_and_sharp_corners(seed: int) -> None:
    (piece,) = planned(seed, (20000, 20000)).pieces
    # The direction of the outline over a quarter of a millimetre, all the way round: a knife-cut
    # side keeps one direction, an ellipse none.
    around = piece.polygon_um()
    step = np.roll(around, -6, axis=0) - around
    heading = np.rad2deg(np.arctan2(step[:, 0], step[:, 1])) % 360
    length = np.hypot(*step.T)
    counts, _ = np.histogram(heading, bins=np.arange(0, 361, 6), weights=length / length.sum())
    wide = counts + np.roll(counts, 1)
    # Two sides or more, each at least an eighth of the way round within 12 degrees.
    assert (np.sort(wide)[::-1][[0, 2]] > 0.125).all()


def test_a_cut_edge_is_rough_from_angle_to_angle_but_only_by_a_few_micrometres() -> None:
    (piece,) = planned(2, (20000, 20000)).pieces
    second = np.abs(
        np.roll(piece.radius_um, 1) - 2 * piece.radius_um + np.roll(piece.radius_um, -1)
    )
    assert 1.0 < np.median(second) < 20.0


def test_a_liver_without_tumour_has_neither_tumour_nor_capsule() -> None:
    tissue = planned(1, (4000, 4000), tumour=False)
    assert tissue.tumour is None
    assert tissue.capsule is None
    assert tissue.islands == tissue.satellites == tissue.retractions == ()
    far = tissue.tumour_distance(np.zeros((2, 1)), np.zeros((1, 3)))
    assert far.shape == (2, 3)
    assert np.isinf(far).all()


def test_the_distance_to_tissue_is_that_to_the_nearest_piece() -> None:
    tissue = planned(1, (3000, 8000), tumour=False)
    assert len(tissue.pieces) == 3
    for piece in tissue.pieces:
        centre = np.array([piece.centre_um.y]), np.array([piece.centre_um.x])
        assert tissue.tissue_distance(*centre)[0] < -100
    assert tissue.tissue_distance(np.array([0.0]), np.array([0.0]))[0] > 0


def test_the_distance_to_tumour_counts_nests_and_that_to_the_mass_does_not() -> None:
    tissue = planned(3, (16000, 16000), satellites=1)
    assert tissue.tumour is not None
    centre = tissue.satellites[0].centre_um
    place = np.array([centre.y]), np.array([centre.x])
    assert tissue.tumour_distance(*place)[0] < -50
    assert tissue.mass_distance(*place)[0] > 400
    middle = tissue.tumour.centre_um
    place = np.array([middle.y]), np.array([middle.x])
    assert tissue.tumour_distance(*place)[0] == tissue.mass_distance(*place)[0] < 0


def test_the_area_of_liver_is_that_of_the_polygons() -> None:
    for seed in range(3):
        tissue = planned(seed, (12000, 12000), satellites=1)
        assert tissue.tumour is not None
        liver = polygon(tissue.pieces[0])
        for ring in (tissue.tumour, *tissue.islands, *tissue.satellites):
            liver = liver - polygon(ring)
        assert tissue.liver_area_um2 == pytest.approx(liver.area, rel=0.02)


def test_tears_come_in_the_number_asked_for_and_keep_off_the_nests() -> None:
    tissue = planned(8, (16000, 16000), satellites=2, artefacts=Artefacts(tears=60))
    assert len(tissue.clefts) == 60
    nests = [polygon(ring) for ring in tissue.nests.rings]
    tears = [polygon(cleft) for cleft in tissue.clefts]
    assert not any(tear.intersects(nest) for tear in tears for nest in nests)
    assert planned(8, (16000, 16000), artefacts=Artefacts.none()).clefts == ()


def test_a_recipe_that_is_silent_gets_the_familys_rate_of_tears() -> None:
    numbers, area = 0, 0.0
    for seed in range(12):
        tissue = planned(seed, (16000, 16000), tumour=False)
        numbers += len(tissue.clefts)
        area += sum(piece.area_um2 for piece in tissue.pieces) / 1e6
    assert numbers / area == pytest.approx(0.30, rel=0.25)


def test_tears_are_found_by_place() -> None:
    tissue = planned(4, (16000, 16000))
    extent = Extent(2000, 2000, 4500, 4500)
    found = tissue.clefts_in(extent)
    window = box(2000, 2000, 4500, 4500)
    touching = [cleft for cleft in tissue.clefts if polygon(cleft).intersects(window)]
    assert touching
    assert {id(cleft) for cleft in touching} <= {id(cleft) for cleft in found}
    assert len(found) < len(tissue.clefts)
    y, x = touching[0].centre_um.y, touching[0].centre_um.x
    assert tissue.cleft_distance(np.array([y]), np.array([x]))[0] < 0


def test_tears_clear_of_discs_are_kept() -> None:
    tissue = planned(4, (8000, 8000))
    first = tissue.clefts[0]
    disc = np.array([[first.centre_um.y, first.centre_um.x, 1.0]])
    kept = tissue.clefts_clear_of(disc, 5.0)
    assert first not in kept
    assert 0 < len(kept) < len(tissue.clefts)


def test_satellites_that_find_no_room_are_refused_with_a_remedy() -> None:
    with pytest.raises(UsageError, match="lower satellites, or enlarge size_px"):
        planned(1, (1500, 1500), satellites=4)


def test_the_largest_slide_is_planned_in_well_under_a_second() -> None:
    planned(0, (2000, 2000))
    start = time.process_time()
    tissue = planned(1, (100_000, 250_000), 0.25)
    assert time.process_time() - start < 0.9
    assert len(tissue.clefts) > 200
    assert len(tissue.pieces) == 2
    assert all(len(piece.radius_um) == ANGLES for piece in tissue.pieces)


def test_the_same_draw_gives_the_same_tissue() -> None:
    a, b = planned(5, (9000, 9000)), planned(5, (9000, 9000))
    assert np.array_equal(a.pieces[0].radius_um, b.pieces[0].radius_um)
    assert [c.centre_um for c in a.clefts] == [c.centre_um for c in b.clefts]
    assert isinstance(a.pieces[0].centre_um, Point)
