from __future__ import annotations

from dataclasses import replace

import pytest

from pathoflow.mvi.case_slide import CaseSlide, CaseVessel
from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.evidence import InvadedVessel, Kind, Location, MuscularWall, Status
from pathoflow.mvi.links import join_linked
from pathoflow.mvi.settle import Role, SettledVessel

NEAR, FAR = Location.PERITUMORAL_NEAR, Location.PERITUMORAL_FAR
SLIDE = CaseSlide("s", status="ok")


def one(name: str, role: Role = Role.COUNTED, **facts: object) -> SettledVessel:
    status = Status.ACCEPTED if role is Role.COUNTED else Status.UNCERTAIN
    vessel = InvadedVessel(name, status=status, **facts)  # type: ignore[arg-type]
    return SettledVessel(SLIDE, CaseVessel(name), vessel, role, None)


def joined(*vessels: SettledVessel, pairs: tuple[tuple[str, str], ...]) -> dict[str, SettledVessel]:
    return {v.id: v for v in join_linked(vessels, pairs, MviCriteria())}


def test_linked_profiles_count_once_and_both_are_kept() -> None:
    found = joined(one("a"), one("b"), one("c"), pairs=(("b", "a"),))
    assert list(found) == ["a", "b", "c"]
    assert [v.role for v in found.values()] == [Role.COUNTED, Role.LINKED, Role.COUNTED]
    assert found["b"].same_as == "a"
    assert found["b"].vessel.status is Status.REJECTED


def test_links_reach_over_several_steps() -> None:
    found = joined(*map(one, "abcd"), pairs=(("c", "d"), ("a", "c"), ("b", "d")))
    assert [v.role for v in found.values()].count(Role.COUNTED) == 1


def test_the_surest_profile_leads_and_rejected_ones_take_no_part() -> None:
    found = joined(one("a", Role.UNCERTAIN), one("b"), pairs=(("a", "b"),))
    assert (found["a"].role, found["a"].same_as) == (Role.LINKED, "b")
    gone = replace(one("x"), role=Role.REJECTED)
    found = joined(gone, one("b"), pairs=(("x", "b"),))
    assert [v.role for v in found.values()] == [Role.REJECTED, Role.COUNTED]


@pytest.mark.parametrize(
    ("first", "second", "distance", "location"),
    [
        ((100.0, NEAR), (900.0, NEAR), 900.0, NEAR),
        ((100.0, NEAR), (10_000.1, FAR), 10_000.1, FAR),
        ((12_000.0, FAR), (None, Location.UNKNOWN), 12_000.0, FAR),
        # The open one may be far, so the whole stays open.
        ((100.0, NEAR), (None, Location.UNKNOWN), None, Location.UNKNOWN),
        ((100.0, NEAR), (None, FAR), None, FAR),
        ((None, NEAR), (None, NEAR), None, NEAR),
        ((100.0, NEAR), (None, NEAR), 100.0, NEAR),
    ],
)
def test_the_vessel_lies_as_far_as_its_farthest_profile(
    first: tuple[float | None, Location],
    second: tuple[float | None, Location],
    distance: float | None,
    location: Location,
) -> None:
    a = one("a", dist_edge_um=first[0], location=first[1])
    b = one("b", dist_edge_um=second[0], location=second[1])
    vessel = joined(a, b, pairs=(("a", "b"),))["a"].vessel
    assert (vessel.dist_edge_um, vessel.location) == (distance, location)


@pytest.mark.parametrize(
    ("first", "second", "cells", "interval"),
    [
        ((12, None), (40, None), 40, None),
        ((12, (10, 14)), (40, None), 40, (40, 40)),
        ((12, (10, 60)), (40, (30, 45)), 40, (30, 60)),
        ((12, None), (None, None), None, None),
        ((51, None), (None, None), 51, None),
        ((50, None), (None, None), None, None),
        ((None, None), (None, None), None, None),
    ],
)
def test_the_vessel_holds_as_many_cells_as_its_fullest_profile(
    first: tuple[int | None, tuple[int, int] | None],
    second: tuple[int | None, tuple[int, int] | None],
    cells: int | None,
    interval: tuple[int, int] | None,
) -> None:
    a = one("a", n_cells=first[0], n_cells_interval=first[1])
    b = one("b", n_cells=second[0], n_cells_interval=second[1])
    vessel = joined(a, b, pairs=(("a", "b"),))["a"].vessel
    assert (vessel.n_cells, vessel.n_cells_interval) == (cells, interval)


def test_kind_and_wall_come_from_the_profile_that_shows_them() -> None:
    a = one("a", muscular_wall=MuscularWall.NO)
    b = one("b", kind=Kind.HEPATIC, muscular_wall=MuscularWall.YES)
    vessel = joined(a, b, pairs=(("a", "b"),))["a"].vessel
    assert (vessel.kind, vessel.muscular_wall) == (Kind.HEPATIC, MuscularWall.YES)
