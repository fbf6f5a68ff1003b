from __future__ import annotations

from dataclasses import replace

import pytest

from pathoflow.errors import UsageError
from pathoflow.mvi.case import Case, Stage
from pathoflow.mvi.case_slide import CaseSlide, CaseVessel
from pathoflow.mvi.decisions import AddedVessel, Decisions, VesselDecision
from pathoflow.mvi.evidence import Kind, Location, Status, TumourBurden
from pathoflow.mvi.settle import Role
from pathoflow.mvi.site import Site

ACCEPTED = VesselDecision(Status.ACCEPTED)


def vessel(name: str, um: float | None = 900.0, **more: object) -> CaseVessel:
    location = Location.UNKNOWN if um is None else Location.PERITUMORAL_NEAR
    return CaseVessel(name, True, 0.9, Kind.PORTAL, location, um, 20, **more)  # type: ignore[arg-type]


def case_of(*vessels: CaseVessel, site: Site = Site.INTERFACE) -> Case:
    return Case("C", (CaseSlide("s", "A", site, status="ok", vessels=vessels),))


def test_without_decisions_a_case_carries_a_proposal_and_never_a_final_grade() -> None:
    case = case_of(vessel("a"), replace(vessel("b"), is_called=False))
    grade = case.grade("NHC")
    assert (grade.grade, case.stage, case.is_final) == ("M1", Stage.PROPOSED, False)
    assert grade.reasons[0].startswith("This is the program's proposal")
    assert grade.reasons[1].startswith("1 candidate called invaded and 1 more candidate listed")


def test_deciding_makes_a_new_case_and_leaves_the_old_one() -> None:
    case = case_of(vessel("a"))
    done = case.decide(
        Decisions({"a": ACCEPTED}, confirmed_tumours=frozenset({"s"}), complete=True)
    )
    assert (done.stage, done.is_final, done.grade().grade) == (Stage.READY, True, "M1")
    assert case.decisions is None
    assert case.stage is Stage.PROPOSED


def test_candidates_that_nobody_has_looked_at_never_enter_the_count() -> None:
    case = case_of(*(vessel(f"v{i}") for i in range(6)))
    word = Decisions({f"v{i}": ACCEPTED for i in range(5)})
    begun = case.decide(word)
    assert begun.grade("NHC").possible == ["M1", "M2a"]
    assert begun.stage is Stage.IN_REVIEW
    assert sum(row.n for row in begun.kinds) == 5
    assert begun.grade().reasons[0].startswith("The review is not finished")


def test_a_vessel_that_the_machine_missed_is_added_by_the_reader() -> None:
    case = case_of()
    added = AddedVessel("s", vessel("mine", 12_000.0))
    done = case.decide(Decisions({"mine": ACCEPTED}, (added,), complete=True))
    assert done.grade("NHC").possible == ["M2b"]
    assert [v.id for v in done.vessels] == ["mine"]


def test_vessels_inside_the_tumour_are_shown_apart() -> None:
    case = case_of(vessel("a"), vessel("b"))
    inside = VesselDecision(Status.ACCEPTED, location=Location.INTRATUMORAL)
    done = case.decide(Decisions({"a": ACCEPTED, "b": inside}, complete=True))
    assert [v.id for v in done.in_role(Role.INTRATUMORAL)] == ["b"]
    assert sum(row.n for row in done.kinds) == 1
    assert "1 vessel inside the tumour was left out of the count." in done.grade().reasons
    assert [note.code for note in done.remarks] == ["left_out"]


def test_the_number_of_tumours_comes_from_the_table_unless_the_reader_states_it() -> None:
    slides = tuple(CaseSlide(f"s{i}", tumour=f"T{i}", status="ok") for i in range(3))
    case = Case("C", slides)
    assert case.burden == TumourBurden(n_tumours=3)
    stated = TumourBurden(60_000.0, 2)
    assert case.decide(Decisions(burden=stated)).burden == stated
    assert case_of().burden == TumourBurden()


def test_one_named_tumour_is_no_case_of_several() -> None:
    case = Case("C", (CaseSlide("a", tumour="T1", status="ok"), CaseSlide("b", status="ok")))
    assert case.tumours == ()


@pytest.mark.parametrize(
    ("decisions", "problem"),
    [
        (Decisions({"x": ACCEPTED}), "it has no vessel x"),
        (Decisions(same_vessel=(("a", "x"),)), "it has no vessel x"),
        (Decisions(excused={"t": "why"}), "it has no slide t"),
        (Decisions(sites={"t": Site.FAR}), "it has no slide t"),
        (Decisions(excused={"s": "tired"}), "slide s is in order and cannot be excused"),
        (Decisions(added=(AddedVessel("s", vessel("a")),)), "vessel a is there twice"),
    ],
)
def test_decisions_that_do_not_fit_are_refused(decisions: Decisions, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        case_of(vessel("a")).decide(decisions)


def test_an_unknown_system_is_a_sentence() -> None:
    with pytest.raises(UsageError, match="there is no grading system 'TNM'; use one of NHC"):
        case_of().grade("TNM")


def test_pieces_left_out_are_listed_and_vessels_without_a_piece_are_told() -> None:
    case = case_of(vessel("a", piece=1), vessel("b", piece=2), vessel("c"))
    word = Decisions(dict.fromkeys("abc", ACCEPTED), excluded_pieces={"s": {2: "second ribbon"}})
    done = case.decide(word)
    assert [v.role for v in done.vessels] == [Role.COUNTED, Role.EXCLUDED, Role.COUNTED]
    assert [str(note) for note in done.remarks] == [
        "Piece 2 of slide s is left out: second ribbon",
        "Pieces of slide s are left out, but 1 of its vessels do not say on which piece they lie; "
        "they are not left out.",
    ]
