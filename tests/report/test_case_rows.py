from __future__ import annotations

import pytest

from pathoflow.mvi import (
    Case,
    CaseSlide,
    CaseVessel,
    Decisions,
    Kind,
    Location,
    Site,
    Status,
    VesselDecision,
)
from pathoflow.report.case_rows import (
    kind_items,
    say_exact_mm,
    slide_items,
    spoken,
    tumour_items,
    vessel_items,
)
from pathoflow.report.gallery import CellBoxes


def vessel(name: str, um: float | None = 2500.0, kind: Kind = Kind.PORTAL) -> CaseVessel:
    location = Location.UNKNOWN if um is None else Location.PERITUMORAL_NEAR
    return CaseVessel(name, True, 0.9, kind, location, um, 20)


SLIDES = (
    CaseSlide("A 1", "B1", Site.INTERFACE, status="ok", vessels=(vessel("a"), vessel("b", 900.0)), has_report=True),
    CaseSlide("F", "B2", Site.FAR, status="ok", vessels=(vessel("c", None),)),
    CaseSlide("X", status="failed", codes=({"code": "BLUR", "severity": "error", "message": "m"},)),
)  # fmt: skip
CASE = Case("C", SLIDES)


@pytest.mark.parametrize(
    ("um", "text"),
    [
        (2915.3, "2.92 mm"),
        (9800.0, "9.8 mm"),
        (10_000.0, "10.0 mm"),
        (10_000.1, "10.0001 mm"),
        (9_999.96, "9.99996 mm"),
        (13_100.0, "13.10 mm"),
    ],
)
def test_a_distance_at_the_limit_keeps_the_digits_that_say_its_side(um: float, text: str) -> None:
    assert say_exact_mm(um, 10_000.0) == text


def test_a_row_says_number_distance_and_box() -> None:
    portal, hepatic, *_ = kind_items(CASE)
    assert (portal.n, portal.uncertain) == (3, None)
    assert portal.farthest.en == "2.50 mm; 1 beyond 10 mm, not measured"
    assert portal.boxes == CellBoxes("yes", "no")
    assert portal.cells is not None
    assert portal.cells.en == "3 with ≤ 50"
    assert (hepatic.n, hepatic.farthest.en, hepatic.boxes, hepatic.cells) == (0, "–", None, None)


def test_slides_lead_to_their_reports_and_say_what_is_wrong() -> None:
    first, _, failed = slide_items(CASE)
    assert first.href == "../../A%201/report.html"
    assert (failed.href, failed.label.en, failed.codes) == ("", "Failed", ("BLUR",))
    assert failed.candidates is None
    excused = CASE.decide(Decisions(excused={"X": "lost"}))
    assert slide_items(excused)[2].left_out == "lost"


def test_vessels_that_count_come_first_and_the_others_say_why_not() -> None:
    words = {"a": VesselDecision(Status.REJECTED), "c": VesselDecision(Status.ACCEPTED)}
    rows = vessel_items(CASE.decide(Decisions(words)))
    assert [(row.vessel, row.label.en) for row in rows] == [
        ("c", "counted"),
        ("b", "not seen yet"),
        ("a", "rejected"),
    ]
    assert rows[0].distance.en == "from the block site"
    assert rows[1].distance.zh == "0.90 mm，切片上测量"  # noqa: RUF001


def test_a_tumour_without_a_vessel_is_m0_only_after_the_reading() -> None:
    slides = (CaseSlide("a", tumour="T1", status="ok"), CaseSlide("b", tumour="T2", status="ok"))
    case = Case("C", slides)
    assert [row.grade.en for row in tumour_items(case, "NHC")] == ["none counted so far"] * 2
    done = case.decide(Decisions(complete=True))
    assert [row.grade.en for row in tumour_items(done, "NHC")] == ["M0", "M0"]


def test_grades_that_remain_are_spoken_in_both_languages() -> None:
    assert spoken(["mild", "severe"]).en == "mild or severe"
    assert spoken(["mild", "severe"]).zh == "轻度 或 重度"
