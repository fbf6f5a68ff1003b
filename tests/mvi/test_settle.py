from __future__ import annotations

from dataclasses import replace

import pytest

from pathoflow.mvi.case_slide import CaseSlide, CaseVessel
from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.decisions import Decisions, VesselDecision
from pathoflow.mvi.evidence import Kind, Location, Status
from pathoflow.mvi.settle import Role, SettledVessel, settle
from pathoflow.mvi.site import Site

MEASURED = CaseVessel(
    "v", True, 0.9, location=Location.PERITUMORAL_NEAR, dist_edge_um=3000.0, n_cells=48,
    n_cells_interval=(40, 60), piece=1,
)  # fmt: skip
UNMEASURED = replace(MEASURED, location=Location.UNKNOWN, dist_edge_um=None)
ACCEPTED = VesselDecision(Status.ACCEPTED)


def settled(
    vessel: CaseVessel, site: Site = Site.UNKNOWN, word: VesselDecision | None = ACCEPTED
) -> SettledVessel:
    decisions = None if word is None else Decisions({"v": word})
    return settle(CaseSlide("s", site=site, status="ok"), vessel, decisions, MviCriteria())


def codes(one: SettledVessel) -> list[str]:
    return [remark.key.split(".")[1] for remark in one.remarks]


@pytest.mark.parametrize(
    ("site", "location"),
    [
        (Site.FAR, Location.PERITUMORAL_FAR),
        (Site.NEAR, Location.PERITUMORAL_NEAR),
        (Site.INTERFACE, Location.PERITUMORAL_NEAR),
        (Site.TUMOUR_CENTRE, Location.PERITUMORAL_NEAR),
    ],
)
def test_the_site_of_the_block_stands_in_for_a_distance(site: Site, location: Location) -> None:
    one = settled(UNMEASURED, site)
    assert (one.vessel.dist_edge_um, one.vessel.location) == (None, location)
    assert one.dist_method == "block_site"
    assert codes(one) == (["in_centre"] if site is Site.TUMOUR_CENTRE else [])


@pytest.mark.parametrize("site", [Site.UNKNOWN, Site.MARGIN])
def test_without_a_telling_site_the_place_stays_unknown(site: Site) -> None:
    one = settled(UNMEASURED, site)
    assert (one.vessel.location, one.dist_method) == (Location.UNKNOWN, None)


def test_a_measured_distance_wins_over_the_site_and_a_contradiction_is_remarked() -> None:
    one = settled(MEASURED, Site.FAR)
    assert (one.vessel.dist_edge_um, one.dist_method) == (3000.0, "auto")
    assert codes(one) == ["far_block"]
    beyond = replace(MEASURED, dist_edge_um=10_000.1, location=Location.PERITUMORAL_FAR)
    assert codes(settled(beyond, Site.NEAR)) == ["near_block"]
    assert codes(settled(MEASURED, Site.INTERFACE)) == []
    assert codes(settled(replace(MEASURED, dist_edge_um=10_000.0), Site.NEAR)) == []


def test_a_distance_measured_by_hand_wins_over_everything() -> None:
    one = settled(MEASURED, Site.UNKNOWN, VesselDecision(Status.ACCEPTED, dist_edge_um=12_000.0))
    assert (one.vessel.dist_edge_um, one.dist_method) == (12_000.0, "manual")
    assert one.vessel.location is Location.PERITUMORAL_FAR


def test_a_location_set_by_hand_wins_over_the_machines_number() -> None:
    far = VesselDecision(Status.ACCEPTED, location=Location.PERITUMORAL_FAR)
    one = settled(MEASURED, Site.UNKNOWN, far)
    assert (one.vessel.dist_edge_um, one.vessel.location) == (None, Location.PERITUMORAL_FAR)
    assert (one.dist_method, codes(one)) == ("manual", ["location_by_hand"])
    near = VesselDecision(Status.ACCEPTED, location=Location.CAPSULAR)
    assert settled(MEASURED, Site.UNKNOWN, near).vessel.dist_edge_um == 3000.0


def test_cells_counted_by_hand_have_no_interval_and_a_kind_is_replaced() -> None:
    word = VesselDecision(Status.ACCEPTED, kind=Kind.HEPATIC, n_cells=51)
    vessel = settled(MEASURED, word=word).vessel
    assert (vessel.kind, vessel.n_cells, vessel.n_cells_interval) == (Kind.HEPATIC, 51, None)
    assert settled(MEASURED).vessel.n_cells_interval == (40, 60)


@pytest.mark.parametrize(
    ("word", "role", "status"),
    [
        (ACCEPTED, Role.COUNTED, Status.ACCEPTED),
        (VesselDecision(Status.UNCERTAIN), Role.UNCERTAIN, Status.UNCERTAIN),
        (VesselDecision(Status.REJECTED), Role.REJECTED, Status.REJECTED),
        (VesselDecision(), Role.UNSEEN, Status.UNCERTAIN),
        (
            VesselDecision(Status.ACCEPTED, location=Location.INTRATUMORAL),
            Role.INTRATUMORAL,
            Status.ACCEPTED,
        ),
    ],
)
def test_a_verdict_decides_whether_a_vessel_counts(
    word: VesselDecision, role: Role, status: Status
) -> None:
    one = settled(MEASURED, word=word)
    assert (one.role, one.vessel.status) == (role, status)


def test_before_any_reader_the_machines_call_is_the_proposal() -> None:
    assert settled(MEASURED, word=None).role is Role.COUNTED
    assert settled(replace(MEASURED, is_called=False), word=None).role is Role.UNCERTAIN


def test_vessels_of_a_piece_or_slide_that_is_left_out_do_not_count_and_say_why() -> None:
    slide = CaseSlide("s", status="ok")
    ribbon = Decisions({"v": ACCEPTED}, excluded_pieces={"s": {1: "second ribbon"}})
    one = settle(slide, MEASURED, ribbon, MviCriteria())
    assert (one.role, one.reason, one.vessel.status) == (
        Role.EXCLUDED,
        "second ribbon",
        Status.REJECTED,
    )
    other = settle(slide, replace(MEASURED, piece=2), ribbon, MviCriteria())
    assert other.role is Role.COUNTED
    excused = Decisions({"v": ACCEPTED}, excused={"s": "wrong patient"})
    assert settle(slide, MEASURED, excused, MviCriteria()).reason == "wrong patient"


def test_vessels_inside_the_tumour_count_where_the_criteria_say_so() -> None:
    inside = VesselDecision(Status.ACCEPTED, location=Location.INTRATUMORAL)
    counted = settle(
        CaseSlide("s", status="ok"),
        MEASURED,
        Decisions({"v": inside}),
        MviCriteria(include_intratumoral=True),
    )
    assert counted.role is Role.COUNTED
