from __future__ import annotations

import json

from pathoflow.mvi.case import Case
from pathoflow.mvi.case_json import (
    case_as_json,
    case_from_json,
    decisions_as_json,
    decisions_from_json,
)
from pathoflow.mvi.case_slide import CaseSlide, CaseVessel
from pathoflow.mvi.criteria import MviCriteria
from pathoflow.mvi.decisions import AddedVessel, Decisions, VesselDecision
from pathoflow.mvi.evidence import Kind, Location, MuscularWall, Status, TumourBurden
from pathoflow.mvi.site import Site
from pathoflow.store import case_problems

VESSEL = CaseVessel(
    "v", True, 0.9, Kind.CAPSULAR, Location.CAPSULAR, 120.0, 48, (35, 60), MuscularWall.NO, 2
)
CODE = {"code": "BLUR", "severity": "warning", "message": "blurred"}
SLIDES = (
    CaseSlide("a", "A1", Site.INTERFACE, "T1", "ok_with_warnings", (CODE,), (VESSEL,), 40, 1),
    CaseSlide("b", "B1", Site.FAR, "T2", "failed"),
    CaseSlide("c"),
)
WORD = Decisions(
    {
        "v": VesselDecision(
            Status.ACCEPTED, Kind.PORTAL, Location.PERITUMORAL_FAR, 10_000.1, 51, MuscularWall.YES
        ),
        "w": VesselDecision(Status.UNCERTAIN),
    },
    (AddedVessel("a", CaseVessel("w")),),
    (("v", "w"),),
    {"a": {2: "ribbon"}},
    {"b": "broken"},
    {"a": "looked at it"},
    {"c": Site.NEAR},
    frozenset({"a"}),
    TumourBurden(31_000.0, 2),
    True,
)


def through_text(value: object) -> dict[str, object]:
    loaded: dict[str, object] = json.loads(json.dumps(value, allow_nan=False))
    return loaded


def test_decisions_come_back_as_they_were() -> None:
    assert decisions_from_json(through_text(decisions_as_json(WORD))) == WORD
    assert decisions_from_json(through_text(decisions_as_json(Decisions()))) == Decisions()


def test_a_case_comes_back_as_it_was_and_is_valid() -> None:
    criteria = MviCriteria(include_intratumoral=True)
    for case in (Case("C-17", SLIDES), Case("C-17", SLIDES, criteria, WORD)):
        data = through_text(case_as_json(case, {"pathoflow": "0.1.0"}))
        assert case_problems(data) == []
        assert case_from_json(data) == case
        assert case_as_json(case_from_json(data), {"pathoflow": "0.1.0"}) == data


def test_what_follows_is_written_beside_for_those_who_read_the_file() -> None:
    data = case_as_json(Case("C-17", SLIDES, decisions=WORD), {"pathoflow": "0.1.0"})
    assert data["counts"] == {
        "expected": 3, "analysed": 1, "failed": 1, "excluded": 0, "not_analysed": 1, "excused": 1,
    }  # fmt: skip
    assert [(v["id"], v["role"], v["reason"]) for v in data["vessels"]] == [
        ("v", "excluded", "ribbon"),
        ("w", "uncertain", ""),
    ]
    assert data["vessels"][0]["dist_method"] == "manual"
    assert {b["code"] for b in data["blockers"]} == {"missing_slide"}
    assert set(data["systems"]["NHC"]) == {"grade", "possible", "reasons"}
