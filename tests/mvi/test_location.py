import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.evidence import Location
from pathoflow.mvi.location import TumourSurroundings, measure_distance
from pathoflow.space import Mpp, Point

HALF = Mpp.square(0.5)
TUMOUR = box(0, 0, 10_000, 10_000)


def place(outline: Polygon, criteria: MviCriteria | None = None) -> Location:
    return TumourSurroundings.of([TUMOUR], HALF).locate(outline, criteria)[0]


def test_the_distance_is_the_gap_in_micrometres_with_both_ends() -> None:
    # A gap of 300 px at 0.5 µm/px.
    distance = measure_distance(box(10_300, 500, 10_400, 500.5), [TUMOUR], HALF)
    assert distance.dist_edge_um == pytest.approx(150.0)
    assert distance.method == "auto"
    assert distance.vessel_point is not None
    assert distance.tumour_point is not None
    assert distance.vessel_point.x == pytest.approx(10_300)
    assert distance.tumour_point.x == pytest.approx(10_000)
    assert 500 <= distance.vessel_point.y <= 500.5


def test_pixels_longer_than_wide_are_measured_as_they_are() -> None:
    # 3 px right at 0.4 µm and 4 px down at 0.8 µm from the tumour's corner.
    distance = measure_distance(box(13, 14, 20, 20), [box(0, 0, 10, 10)], Mpp(y=0.8, x=0.4))
    assert distance.dist_edge_um == pytest.approx(math.hypot(3 * 0.4, 4 * 0.8))
    assert distance.vessel_point == Point(pytest.approx(14), pytest.approx(13))
    assert distance.tumour_point == Point(pytest.approx(10), pytest.approx(10))


def test_anisotropic_pixels_can_change_which_tumour_is_nearest() -> None:
    right, below = box(30, 0, 40, 10), box(0, 20, 10, 30)
    vessel = box(0, 0, 10, 10)
    assert measure_distance(vessel, [right, below], Mpp.square(1)).tumour_index == 1
    assert measure_distance(vessel, [right, below], Mpp(y=3, x=1)).tumour_index == 0


def test_touching_and_entering_the_tumour_is_no_distance() -> None:
    for outline in (box(10_000, 0, 10_100, 100), box(9_950, 0, 10_100, 100), box(1, 1, 5, 5)):
        assert measure_distance(outline, [TUMOUR], HALF).dist_edge_um == 0


def test_scenario_18_never_across_the_glass() -> None:
    piece_a, piece_b = box(-100, -100, 11_000, 11_000), box(12_000, 0, 20_000, 11_000)
    on_b = measure_distance(box(12_100, 50, 12_200, 100), [TUMOUR], HALF, [piece_a, piece_b])
    assert on_b.dist_edge_um is None
    assert on_b.why_unknown == "no tumour on this piece"
    assert on_b.method is None
    assert on_b.vessel_point is on_b.tumour_point is on_b.tumour_index is None
    on_a = measure_distance(box(10_100, 50, 10_200, 100), [TUMOUR], HALF, [piece_a, piece_b])
    assert on_a.dist_edge_um == pytest.approx(50.0)


def test_a_nearer_tumour_on_the_other_piece_does_not_count() -> None:
    pieces = [box(0, 0, 1000, 100), box(1010, 0, 2000, 100)]
    far_but_here, near_but_there = box(0, 0, 100, 100), box(1010, 0, 1100, 100)
    distance = measure_distance(
        box(980, 40, 990, 50), [near_but_there, far_but_here], Mpp.square(1), pieces
    )
    assert distance.tumour_index == 1
    assert distance.dist_edge_um == pytest.approx(880.0)


def test_a_tumour_outlined_over_both_pieces_counts_on_each_with_its_own_share() -> None:
    pieces = [box(0, 0, 1000, 100), box(1010, 0, 2000, 100)]
    careless = box(0, 0, 1200, 20).difference(box(300, 0, 1010, 20))
    distance = measure_distance(box(990, 0, 1000, 10), [careless], Mpp.square(1), pieces)
    assert distance.dist_edge_um == pytest.approx(690.0)


def test_without_tumour_or_tissue_the_reason_is_said() -> None:
    vessel = box(0, 0, 1, 1)
    assert measure_distance(vessel, [], HALF).why_unknown == "no tumour on this slide"
    nowhere = measure_distance(vessel, [TUMOUR], HALF, [box(50, 50, 60, 60)])
    assert nowhere.why_unknown == "the vessel lies on no piece of tissue"
    assert TumourSurroundings.of([], HALF).locate(vessel)[0] is Location.UNKNOWN


def test_a_lumen_that_the_tissue_mask_leaves_open_is_still_on_its_piece() -> None:
    lumen = box(10_200, 100, 10_300, 200)
    tissue = box(-10, -10, 12_000, 12_000).difference(lumen)
    distance = measure_distance(lumen, [TUMOUR], HALF, [tissue])
    assert distance.dist_edge_um == pytest.approx(100.0)


def test_places_from_inside_to_far() -> None:
    # At 0.5 µm/px: 400 px are the 200 µm of the capsule, 20,000 px the 10 mm of near.
    assert place(box(5_000, 5_000, 5_100, 5_100)) is Location.INTRATUMORAL
    assert place(box(9_950, 0, 10_100, 100)) is Location.CAPSULAR
    assert place(box(10_400, 0, 10_500, 100)) is Location.CAPSULAR
    assert place(box(10_401, 0, 10_500, 100)) is Location.PERITUMORAL_NEAR
    assert place(box(30_000, 0, 30_100, 100)) is Location.PERITUMORAL_NEAR
    assert place(box(30_001, 0, 30_100, 100)) is Location.PERITUMORAL_FAR


def test_just_below_the_border_of_the_tumour_is_still_its_capsule() -> None:
    # 200 px are the 100 µm of depth.
    assert place(box(9_700, 5_000, 9_800, 5_100)) is Location.CAPSULAR
    assert place(box(9_699, 5_000, 9_799, 5_100)) is Location.INTRATUMORAL


def test_a_vein_that_the_tumour_grew_around_is_inside_it() -> None:
    vein = box(5_000, 5_000, 5_400, 5_400)
    surroundings = TumourSurroundings.of([TUMOUR.difference(vein)], HALF)
    location, distance = surroundings.locate(vein)
    assert location is Location.INTRATUMORAL
    assert distance.dist_edge_um == 0


def test_other_settings_move_the_borders() -> None:
    near = box(10_401, 0, 10_500, 100)
    assert place(near, MviCriteria(capsule_um=300.0)) is Location.CAPSULAR
    assert place(near, MviCriteria(near_um=200.0)) is Location.PERITUMORAL_FAR


def test_a_crossed_outline_is_mended_before_it_is_measured() -> None:
    bow_tie = Polygon([(20, 0), (30, 10), (30, 0), (20, 10)])
    assert not bow_tie.is_valid
    assert measure_distance(bow_tie, [box(0, 0, 10, 10)], Mpp.square(1)).dist_edge_um == 10


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
    st.floats(0.1, 2),
    st.floats(0.1, 2),
)
def test_the_ends_of_the_line_are_as_far_apart_as_said(
    shift: tuple[float, float], mpp_y: float, mpp_x: float
) -> None:
    vessel = shapely.affinity.translate(Polygon([(0, 0), (40, 5), (20, 30)]), *shift)
    distance = measure_distance(vessel, [box(0, 0, 60, 60)], Mpp(mpp_y, mpp_x))
    assert distance.dist_edge_um is not None
    assert distance.vessel_point is not None
    assert distance.tumour_point is not None
    dy_um = (distance.vessel_point.y - distance.tumour_point.y) * mpp_y
    dx_um = (distance.vessel_point.x - distance.tumour_point.x) * mpp_x
    assert math.hypot(dy_um, dx_um) == pytest.approx(distance.dist_edge_um, abs=1e-6)
