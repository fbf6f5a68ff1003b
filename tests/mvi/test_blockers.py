from __future__ import annotations

from dataclasses import replace

from pathoflow.mvi.blockers import find_refusals
from pathoflow.mvi.case import Case
from pathoflow.mvi.case_slide import CaseSlide, CaseVessel
from pathoflow.mvi.decisions import Decisions, VesselDecision
from pathoflow.mvi.evidence import Location, Status
from pathoflow.mvi.sentences import say
from pathoflow.mvi.site import Site

BIOPSY = {"code": "BIOPSY", "severity": "warning", "message": "Looks like a needle biopsy."}
CORRUPT = {"code": "SLIDE_CORRUPT", "severity": "error", "message": "cut off"}
VESSEL = CaseVessel(
    "v", True, 0.9, location=Location.PERITUMORAL_NEAR, dist_edge_um=900.0, n_cells=9
)
GOOD = CaseSlide("good", "A", Site.INTERFACE, status="ok", vessels=(VESSEL,))
DONE = Decisions(
    {"v": VesselDecision(Status.ACCEPTED)}, confirmed_tumours=frozenset({"good"}), complete=True
)


def codes(*slides: CaseSlide, decisions: Decisions | None = DONE) -> list[str]:
    return [note.code for note in Case("C", slides, decisions=decisions).blockers]


def test_a_case_that_is_read_to_the_end_is_blocked_by_nothing() -> None:
    assert codes(GOOD) == []


def test_nothing_decided_blocks_by_what_is_still_to_do() -> None:
    assert codes(GOOD, decisions=None) == ["tumour_unconfirmed", "unread", "not_complete"]
    assert codes(GOOD, decisions=Decisions(complete=True)) == ["tumour_unconfirmed", "unread"]


def test_failed_and_missing_slides_block_until_they_are_excused() -> None:
    failed = CaseSlide("bad", status="failed", codes=(CORRUPT,))
    missing = CaseSlide("gone")
    assert codes(GOOD, failed, missing) == ["failed_slide", "missing_slide"]
    excused = replace(DONE, excused={"bad": "glass broken", "gone": "never cut"})
    assert codes(GOOD, failed, missing, decisions=excused) == []
    (note,) = Case("C", (GOOD, failed), decisions=DONE).blockers
    assert "(SLIDE_CORRUPT)" in str(note)


def test_a_changed_slide_blocks() -> None:
    changed = {"code": "SLIDE_CHANGED", "severity": "warning", "message": "other file"}
    assert codes(replace(GOOD, codes=(changed,))) == ["slide_changed"]


def test_an_unknown_distance_blocks_only_while_the_grade_hangs_on_it() -> None:
    open_ = replace(VESSEL, location=Location.UNKNOWN, dist_edge_um=None)
    slide = replace(GOOD, site=Site.UNKNOWN, vessels=(open_,))
    assert codes(slide) == ["no_distance"]
    far = replace(open_, id="w")
    word = replace(
        DONE, vessels={**DONE.vessels, "w": VesselDecision(Status.ACCEPTED, dist_edge_um=10_000.1)}
    )
    assert codes(replace(slide, vessels=(open_, far)), decisions=word) == []


def test_in_a_case_of_several_tumours_every_counted_vessel_belongs_to_one() -> None:
    others = [CaseSlide(f"s{i}", tumour=f"T{i}", status="ok") for i in range(2)]
    assert codes(GOOD, *others) == ["no_tumour_named"]
    assert codes(replace(GOOD, tumour="T0"), *others) == []


def test_material_that_must_not_be_graded_is_refused_by_its_code() -> None:
    slide = replace(GOOD, codes=(BIOPSY,))
    (said,) = find_refusals([slide], None)
    assert say(said) == "No grade is given: BIOPSY on slide good. Looks like a needle biopsy."
    assert find_refusals([slide], Decisions(overruled={"good": "a wedge, I looked"})) == []


def test_a_case_without_any_analysed_slide_is_refused_with_the_codes_of_its_slides() -> None:
    (said,) = find_refusals([CaseSlide("bad", status="failed", codes=(CORRUPT,))], None)
    assert "(SLIDE_CORRUPT)" in say(said)
    (said,) = find_refusals([CaseSlide("gone")], None)
    assert say(said) == "No grade is given: no slide of this case has been analysed."
    # Leaving out the only slide leaves nothing to grade.
    slide = replace(GOOD, codes=(BIOPSY,))
    assert find_refusals([slide], Decisions(excused={"good": "a biopsy"}))
