"""Cases from slide results to a signed grade: the scenarios of a liver pathologist, by number."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

import pathoflow as pf
from pathoflow.mvi import (
    Case,
    CellBox,
    Decisions,
    Location,
    MviCriteria,
    Role,
    Site,
    Status,
    VesselDecision,
    read_cases,
)
from pathoflow.pipeline import write_cases
from pathoflow.pipeline.batch import Outcome, outcome_of
from pathoflow.report import write_case_report
from pathoflow.store import CaseFolder, save_result
from pathoflow.testing.results import MadeVessel, made_result, made_vessel_id, save_made_result

NEAR = MadeVessel(dist_edge_um=900.0, n_cells=20)
UNMEASURED = NEAR.but(dist_edge_um=None)
YES, NO = VesselDecision(Status.ACCEPTED), VesselDecision(Status.REJECTED)


@dataclass
class Lab:
    """A results folder, a table of cases, and what a batch of made-up slides leaves behind."""

    out: Path
    rows: list[tuple[str, ...]] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def slide(
        self,
        name: str,
        vessels: Sequence[MadeVessel] = (),
        site: str = "interface",
        tumour: str = "",
        **more: Any,
    ) -> None:
        result = save_made_result(self.out, name, vessels, **more)
        self.outcomes.append(outcome_of(Path(f"{name}.svs"), name, result))
        self.rows.append((f"{name}.svs", "C-17", name, site, tumour))

    def load(self) -> Case:
        table = self.out / "cases.csv"
        with table.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("slide", "case", "block", "site", "tumour"), *self.rows])
        (written,) = write_cases(self.out, read_cases(table), self.outcomes, MviCriteria())
        assert written.error is None
        return pf.load_case(self.out / "cases" / "C-17").now


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


def accept(case: Case, **more: Any) -> Decisions:
    """Everything accepted, every outline confirmed, the reading complete."""
    word = Decisions(
        {v.id: YES for v in case.vessels},
        confirmed_tumours=frozenset(slide.id for slide in case.slides),
        complete=True,
    )
    return replace(word, **more)


def codes(case: Case) -> list[str]:
    return [note.code for note in case.blockers]


def test_scenario_17_one_vein_cut_twice_counts_once_and_the_audit_has_the_link(lab: Lab) -> None:
    lab.slide("A", [NEAR] * 6)
    case = lab.load()
    assert case.decide(accept(case)).grade("NHC").grade == "M2a"
    pair = (made_vessel_id("A", 2), made_vessel_id("A", 5))
    linked = case.decide(accept(case, same_vessel=(pair,)))
    assert linked.grade("NHC").grade == "M1"
    assert sum(row.n for row in linked.kinds) == 5
    (twin,) = linked.in_role(Role.LINKED)
    assert (twin.id, twin.same_as) == (pair[1], pair[0])
    assert len(linked.vessels) == 6


def test_scenario_18_a_piece_without_tumour_gives_no_distance(lab: Lab) -> None:
    """Two pieces, the tumour on piece 1: the vessel on piece 2 has no distance, only the site can tell."""
    lab.slide("A", [NEAR.but(piece=1), UNMEASURED.but(piece=2)], site="")
    case = lab.load()
    on_one, on_two = case.vessels
    assert (on_one.dist_method, on_two.dist_method) == ("auto", None)
    done = case.decide(accept(case))
    assert done.grade("NHC").possible == ["M1", "M2b"]
    assert codes(done) == ["no_distance"]
    told = case.decide(accept(case, sites={"A": Site.NEAR}))
    assert (told.grade("NHC").grade, codes(told)) == ("M1", [])


def test_scenario_19_ribbons_left_out_are_listed_and_do_not_count(lab: Lab) -> None:
    """Three ribbons of one block show the same two veins; the reader counts on the second."""
    lab.slide("A", [NEAR.but(piece=ribbon) for ribbon in (1, 1, 2, 2, 3, 3)])
    case = lab.load()
    why = {1: "another ribbon of the block", 3: "another ribbon of the block"}
    done = case.decide(accept(case, excluded_pieces={"A": why}))
    assert [v.seen.piece for v in done.in_role(Role.COUNTED)] == [2, 2]
    left_out = done.in_role(Role.EXCLUDED)
    assert len(left_out) == 4
    assert {v.reason for v in left_out} == {"another ribbon of the block"}
    assert done.grade("Sumie").grade == "mild"
    assert [note.code for note in done.remarks] == ["piece_left_out", "piece_left_out"]


def test_scenario_20_a_far_block_makes_m2b_without_a_tumour_on_the_slide(lab: Lab) -> None:
    lab.slide("F", [UNMEASURED], site="far", n_tumours=0)
    case = lab.load()
    done = case.decide(accept(case))
    assert (done.grade("NHC").grade, done.is_final) == ("M2b", True)
    assert "block_site" in done.grade("NHC").flags
    assert [v.dist_method for v in done.vessels] == ["block_site"]


def test_scenario_21_neither_tumour_nor_site_blocks_signing_with_the_reason(lab: Lab) -> None:
    lab.slide("X", [UNMEASURED], site="", n_tumours=0)
    case = lab.load()
    done = case.decide(accept(case))
    assert (done.grade("NHC").grade, done.grade("NHC").possible) == ("undetermined", ["M1", "M2b"])
    assert [str(note) for note in done.blockers] == [
        "Slide X holds 1 vessel at an unknown distance, and the grade depends on it: state the site of "
        "the block, or measure."
    ]
    # A margin is no distance either.
    assert codes(case.decide(accept(case, sites={"X": Site.MARGIN}))) == ["no_distance"]
    assert case.decide(accept(case, sites={"X": Site.FAR})).grade("NHC").grade == "M2b"


def test_scenario_22_five_vessels_a_sixth_and_one_rejected_again(lab: Lab) -> None:
    lab.slide("A", [NEAR] * 6)
    case = lab.load()
    names = [v.id for v in case.vessels]
    five = accept(case, vessels={**dict.fromkeys(names[:5], YES), names[5]: NO})
    steps = [five, accept(case), five]
    grades = [case.decide(step) for step in steps]
    assert [one.grade("NHC").grade for one in grades] == ["M1", "M2a", "M1"]
    assert grades[0].grade("SNUH").grade == "severe"
    assert all("at_threshold" in one.grade("NHC").flags for one in grades)


@pytest.mark.parametrize(
    ("um", "grade", "told"), [(10_000.0, "M1", "10.0 mm"), (10_000.1, "M2b", "10.0001 mm")]
)
def test_scenario_23_exactly_one_centimetre_is_near_and_flagged(
    um: float, grade: str, told: str, lab: Lab
) -> None:
    lab.slide("A", [NEAR.but(dist_edge_um=um)])
    case = lab.load()
    done = case.decide(accept(case))
    assert done.grade("NHC").grade == grade
    assert "at_threshold" in done.grade("NHC").flags
    # The report never rounds it onto the limit.
    page = write_case_report(CaseFolder(lab.out / "cases" / "C-17")).read_text("utf-8")
    assert f"<td>{told}</td>" in page


def test_scenario_24_fifty_and_fifty_one_cells(lab: Lab) -> None:
    lab.slide("A", [NEAR.but(n_cells=51), NEAR.but(n_cells=48, n_cells_interval=(35, 60))])
    case = lab.load()
    first, second = (v.id for v in case.vessels)
    assert case.kinds[0].boxes[CellBox.UNDETERMINED] == 1

    def iguchi(cells: int, is_second: bool) -> str:
        words = {first: replace(YES, n_cells=cells), second: YES if is_second else NO}
        return case.decide(accept(case, vessels=words)).grade("Iguchi").grade

    assert [iguchi(50, False), iguchi(51, False), iguchi(51, True)] == ["low", "low", "high"]
    counted = {first: replace(YES, n_cells=50), second: replace(YES, n_cells=50)}
    done = case.decide(accept(case, vessels=counted))
    assert done.grade("Iguchi").grade == "low"
    assert done.kinds[0].box is CellBox.UP_TO_50


def test_scenario_25_no_candidate_is_m0_only_after_the_reader_confirms(lab: Lab) -> None:
    lab.slide("A")
    case = lab.load()
    assert case.grade("NHC").grade == "undetermined"
    assert case.grade("NHC").possible == ["M0", "M1", "M2a", "M2b"]
    begun = case.decide(Decisions())
    assert (begun.grade("NHC").grade, codes(begun)) == ("undetermined", ["not_complete"])
    done = case.decide(Decisions(complete=True))
    assert (done.grade("NHC").grade, done.is_final) == ("M0", True)
    page = write_case_report(CaseFolder(lab.out / "cases" / "C-17")).read_text("utf-8")
    assert "0 candidates on 2.10 cm² of tissue, 0.04 cm² excluded." in page


@pytest.mark.parametrize("code", ["BIOPSY", "OOD_ORGAN", "OOD_STAIN", "OOD_FROZEN"])
def test_scenario_26_material_that_is_not_graded_lists_candidates_and_names_the_code(
    code: str, lab: Lab
) -> None:
    remark = {"code": code, "severity": "warning", "message": "Not gradable."}
    lab.slide("A", [NEAR], codes=[remark], status="ok_with_warnings")
    case = lab.load()
    done = case.decide(accept(case))
    for system in done.grades.values():
        assert not system.is_determined
        assert f"No grade is given: {code} on slide A. Not gradable." in system.reasons
    assert codes(done) == ["not_gradable"]
    assert len(done.vessels) == 1
    overruled = case.decide(accept(case, overruled={"A": "a wedge, seen under the microscope"}))
    assert overruled.grade("NHC").grade == "M1"


def test_scenario_52_an_explant_of_38_slides_and_3_tumours(lab: Lab) -> None:
    """Per tumour: 4, 3 and 0 vessels; together 7, which would be M2a. One vein shows on slides of two tumours."""
    sites = ["interface"] * 6 + ["tumour_centre", "near", "far"]
    for k in range(38):
        tumour = f"T{k % 3 + 1}"
        vessels = {0: [NEAR] * 4, 1: [NEAR] * 3}.get(k, [])
        lab.slide(f"S{k:02}", vessels, site=sites[k % 9], tumour=tumour)
    case = lab.load()
    assert len(case.slides) == 38
    done = case.decide(accept(case))
    by_tumour = {t.name: (t.n_vessels, t.grades["NHC"].grade) for t in done.tumours}
    assert by_tumour == {"T1": (4, "M1"), "T2": (3, "M1"), "T3": (0, "M0")}
    assert (done.grade("NHC").grade, done.is_final) == ("M1", True)
    assert done.grade("NHC").reasons[0] == "Worst of 3 tumours (T1 M1, T2 M1, T3 M0): M1."
    assert sum(row.n for row in done.kinds) == 7
    pair = (made_vessel_id("S00", 0), made_vessel_id("S01", 0))
    linked = case.decide(accept(case, same_vessel=(pair,)))
    assert {t.name: t.n_vessels for t in linked.tumours} == {"T1": 4, "T2": 2, "T3": 0}
    assert sum(row.n for row in linked.kinds) == 6


def test_a_failed_slide_blocks_signing_until_it_is_excused_in_writing(lab: Lab) -> None:
    lab.slide("A", [NEAR])
    error = {"code": "OOD_STAIN", "severity": "error", "message": "Looks like CD34."}
    lab.slide("B", codes=[error], status="failed", site="far")
    lab.rows.append(("N.svs", "C-17", "N", "near", ""))
    case = lab.load()
    done = case.decide(accept(case))
    assert codes(done) == ["failed_slide", "missing_slide"]
    assert not done.is_final
    signed = case.decide(accept(case, excused={"B": "is the CD34", "N": "block used up"}))
    assert (codes(signed), signed.grade("NHC").grade, signed.is_final) == ([], "M1", True)
    assert not signed.completeness.is_complete


def test_decisions_survive_another_run_and_changed_slides_are_refused(lab: Lab) -> None:
    from pathoflow.pipeline import save_case

    lab.slide("A", [NEAR, NEAR])
    case = lab.load()
    folder = CaseFolder(lab.out / "cases" / "C-17")
    save_case(folder, case.decide(accept(case)))
    assert lab.load().grade("NHC").grade == "M1"
    assert lab.load().is_final
    data = made_result("A", [NEAR])
    data["vessels"][0]["id"] = "11111111-2222-4333-8444-555555555555"
    result = save_result(lab.out / "A", data)
    table = read_cases(lab.out / "cases.csv")
    outcomes = [outcome_of(Path("A.svs"), "A", result)]
    (written,) = write_cases(lab.out, table, outcomes, MviCriteria())
    assert "was reviewed, and its slides have changed since" in str(written.error)
    assert pf.load_case(folder.path).is_final


def test_intratumoral_vessels_are_shown_apart_and_counted_only_by_the_criteria(lab: Lab) -> None:
    lab.slide("A", [NEAR] * 6)
    case = lab.load()
    inside = replace(YES, location=Location.INTRATUMORAL)
    words: Mapping[str, VesselDecision] = {v.id: YES for v in case.vessels[:5]}
    decisions = accept(case, vessels={**words, case.vessels[5].id: inside})
    assert case.decide(decisions).grade("NHC").grade == "M1"
    study = replace(case, criteria=MviCriteria(include_intratumoral=True))
    assert study.decide(decisions).grade("NHC").grade == "M2a"


def test_the_command_makes_the_case_report_again(lab: Lab, pathoflow: Callable[..., Any]) -> None:
    lab.slide("A", [NEAR])
    lab.load()
    page = lab.out / "cases" / "C-17" / "report.html"
    before = page.read_bytes()
    page.unlink()
    said = pathoflow("report", page.parent)
    assert (said.code, said.out) == (0, f"{page}\n")
    assert page.read_bytes() == before
