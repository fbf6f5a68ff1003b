from __future__ import annotations

import pytest

from pathoflow.errors import ReviewRefused
from pathoflow.mvi import CellBox, Location, MuscularWall, Role
from pathoflow.review import NoteOn, OpenCase
from pathoflow.review.vessel_verbs import length_um
from pathoflow.space import Mpp
from pathoflow.testing.cases import MadeCase
from pathoflow.testing.results import made_vessel_id
from tests.review.conftest import NEAR

V, W = made_vessel_id("A", 0), made_vessel_id("A", 1)


@pytest.fixture
def case(made: MadeCase) -> OpenCase:
    made.slide("A", [NEAR] * 2)
    return made.write()


def test_each_verdict_has_its_role(case: OpenCase) -> None:
    for verb, role in (
        (case.review.accept, Role.COUNTED),
        (case.review.reject, Role.REJECTED),
        (case.review.uncertain, Role.UNCERTAIN),
        (case.review.clear, Role.UNSEEN),
    ):
        verb(V)
        assert case.vessels[0].role is role
    with pytest.raises(ReviewRefused, match="no vessel is named"):
        case.review.accept([])
    with pytest.raises(ValueError, match="dust"):
        case.review.reject(V, "dust")


def test_labels_reach_the_grade(case: OpenCase) -> None:
    case.review.accept([V, W])
    case.review.relabel(V, "hepatic", "peritumoral_far", "yes")
    vessel = case.vessels[0].vessel
    assert (vessel.location, vessel.muscular_wall) == (Location.PERITUMORAL_FAR, MuscularWall.YES)
    assert case.grade("NHC").possible[-1] == "M2b"


def test_cells_are_counted_boxed_or_marked(case: OpenCase) -> None:
    case.review.accept([V, W])
    case.review.complete()
    case.review.box_cells(V, is_over_50=True)
    assert case.kinds[0].boxes[CellBox.OVER_50] == 1
    assert case.grade("SNUH").grade == "severe"
    assert case.grade("Iguchi").grade == "high"
    assert (
        "over 50 tumour cells in one vessel"
        in case.grade("Iguchi").reasons[-1] + case.grade("Iguchi").reasons[0]
    )
    case.review.box_cells(V, is_over_50=False)
    assert case.grade("Iguchi").grade == "low"
    # At most 50 may be just 50, where Seoul begins.
    assert case.grade("SNUH").possible == ["mild", "severe"]
    case.review.edit_nuclei(V, added=[(2010, 1010), (2011, 1011)], removed=[(2020, 1020)])
    assert case.vessels[0].vessel.n_cells == 21
    case.review.count_cells(V, 7)
    assert case.vessels[0].vessel.n_cells == 7
    case.review.count_cells(V, None)
    assert case.vessels[0].vessel.n_cells == 20
    with pytest.raises(ReviewRefused, match="cannot be negative"):
        case.review.count_cells(V, -1)
    with pytest.raises(ReviewRefused, match="fewer were counted"):
        case.review.edit_nuclei(V, removed=[(0, 0)] * 21)


def test_links_notes_and_lines(case: OpenCase) -> None:
    case.review.accept([V, W])
    case.review.link(V, W)
    assert case.vessels[1].role is Role.LINKED
    case.review.unlink(W, V)
    assert case.vessels[1].role is Role.COUNTED
    with pytest.raises(ReviewRefused, match="linked to itself"):
        case.review.link(V, V)
    case.review.note("  adherent ", vessel=V)
    case.review.note("folded", slide="A")
    case.review.note("CD34 asked for")
    assert case.review.reading.notes == {
        (NoteOn.VESSEL, V): "adherent",
        (NoteOn.SLIDE, "A"): "folded",
        (NoteOn.CASE, ""): "CD34 asked for",
    }
    case.review.measure("A", (0, 0), (30_000, 40_000), vessel=V)
    (line,) = case.review.reading.lines
    # 50,000 px of 0.5 µm.
    assert case.vessels[0].vessel.dist_edge_um == 25_000.0
    assert case.vessels[0].dist_method == "manual"
    case.review.remove_line(line)
    assert case.vessels[0].vessel.dist_edge_um == 900.0


def test_a_length_counts_each_axis_by_its_own_scale() -> None:
    assert length_um((0, 0), (3, 4), Mpp(1.0, 1.0)) == 5.0
    assert length_um((0, 0), (3, 4), Mpp(4.0, 0.25)) == pytest.approx((12**2 + 1) ** 0.5)
