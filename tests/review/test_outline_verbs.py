from __future__ import annotations

import pytest
from shapely import Polygon, box

from pathoflow.errors import ReviewRefused
from pathoflow.mvi import Role
from pathoflow.review import OpenCase
from pathoflow.review.outline_verbs import as_outline, as_shape
from pathoflow.space.geojson import polygon_of
from pathoflow.testing.cases import MadeCase
from pathoflow.testing.results import made_vessel_id

V, W, X = (made_vessel_id("A", k) for k in range(3))
SQUARE = [(100, 100), (100, 200), (200, 200), (200, 100)]


@pytest.fixture
def case(mapped: MadeCase) -> OpenCase:
    return mapped.write()


def area(case: OpenCase, vessel: str) -> float:
    return case.review.outline_of(vessel)[1].area


def test_a_new_vessel_is_on_the_list_and_unread(case: OpenCase) -> None:
    name = case.review.draw("A", SQUARE)
    assert {v.id: v.role for v in case.vessels}[name] is Role.UNSEEN
    case.review.accept(name)
    assert [v.id for v in case.in_role(Role.COUNTED)] == [name]
    assert area(case, name) == 10_000


def test_an_outline_is_replaced_and_keeps_its_verdict(case: OpenCase) -> None:
    case.review.accept(V)
    case.review.draw("A", box(1000, 2000, 1200, 2100), vessel=V)
    assert area(case, V) == 20_000
    assert case.in_role(Role.COUNTED)[0].vessel.n_cells is None


def test_brush_adds_and_erase_takes(case: OpenCase) -> None:
    # The outline is 120 x 90 px at x 1000, y 2000.
    case.review.brush(V, box(1120, 2000, 1140, 2090))
    assert area(case, V) == 140 * 90
    case.review.erase(V, box(990, 1990, 1020, 2100))
    assert area(case, V) == 120 * 90
    with pytest.raises(ReviewRefused, match="does not touch"):
        case.review.brush(V, [(0, 0), (0, 9)], width_px=4)
    with pytest.raises(ReviewRefused, match="nothing would remain"):
        case.review.erase(V, box(0, 0, 5000, 5000))


def test_two_that_touch_become_one_and_two_apart_do_not(case: OpenCase) -> None:
    with pytest.raises(ReviewRefused, match="that touch can be merged"):
        case.review.merge(V, W)
    case.review.brush(V, box(1120, 2000, 1198, 2090))
    # A gap of 2 px, half a pixel of the map.
    name = case.review.merge(V, W)
    assert {v.id for v in case.vessels} == {X, name}
    assert area(case, name) == pytest.approx(320 * 90, rel=0.01)


def test_a_line_that_misses_parts_nothing(case: OpenCase) -> None:
    with pytest.raises(ReviewRefused, match="does not cross"):
        case.review.split(V, [(0, 0), (10, 10)])
    with pytest.raises(ReviewRefused, match="looks like one vessel"):
        case.review.split(V)


def test_what_was_deleted_is_gone_until_that_is_undone(case: OpenCase) -> None:
    case.review.accept(V)
    case.review.delete(V)
    assert V not in {v.id for v in case.vessels}
    with pytest.raises(ReviewRefused, match="taken away"):
        case.review.outline_of(V)
    with pytest.raises(ReviewRefused, match="no vessel"):
        case.review.accept(V)
    case.review.undo()
    assert [v.id for v in case.in_role(Role.COUNTED)] == [V]
    with pytest.raises(ReviewRefused, match="no outline"):
        case.review.delete("strange")


def test_the_shortest_line_to_the_tumour_has_its_ends(case: OpenCase) -> None:
    found = case.review.distance(V)
    # From y = 2000 to the tumour's edge at 1200, 0.5 µm per pixel.
    assert found.dist_edge_um == pytest.approx(400.0, abs=0.01)
    assert found.vessel_point is not None
    assert found.tumour_point is not None
    assert (found.vessel_point.y, found.tumour_point.y) == (2000.0, pytest.approx(1200.0, abs=0.01))


def test_a_crossing_line_is_mended_to_its_largest_part() -> None:
    # A bow tie: two triangles of 2500 and 625 px².
    drawn = as_outline([(0, 0), (100, 0), (0, 100), (100, 100)])
    assert polygon_of(drawn).is_valid
    assert polygon_of(drawn).area == pytest.approx(2500)
    ring = Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(2, 2), (8, 2), (8, 8)]])
    assert polygon_of(as_outline(ring)).area == 100


def test_a_stroke_is_as_wide_as_its_brush() -> None:
    stroke = as_shape([(0, 0), (0, 100)], width_px=10)
    assert stroke.bounds == pytest.approx((-5, -5, 105, 5))
    dot = as_shape([(0, 0)], width_px=10)
    assert dot.area == pytest.approx(3.1416 * 25, rel=0.01)
    with pytest.raises(ReviewRefused, match="three places"):
        as_shape([(0, 0), (1, 1)])
    with pytest.raises(ReviewRefused, match="no area"):
        as_shape([(0, 0), (1, 1), (2, 2)])
