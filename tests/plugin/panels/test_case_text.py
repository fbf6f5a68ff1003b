"""A case in words."""

from __future__ import annotations

from pathlib import Path

from napari_pathoflow.panels.case_text import (
    checklist_text,
    grade_text,
    kinds_text,
    report_text,
    sampling_text,
    systems_text,
)
from napari_pathoflow.texts import Words
from pathoflow.mvi import Case, CaseRow, Decisions, Site, Status, VesselDecision
from pathoflow.pipeline.case import slide_of
from pathoflow.testing.results import MadeVessel, made_vessel_id, save_made_result

EN, ZH = Words("en"), Words("zh")


def made_case(out: Path, *vessels: MadeVessel, decisions: Decisions | None = None) -> Case:
    result = save_made_result(out, "a", vessels)
    row = CaseRow("a", "C-1", "B1", Site.INTERFACE)
    case = Case("C-1", (slide_of(row, result),))
    return case if decisions is None else case.decide(decisions)


def verdicts(*given: Status) -> Decisions:
    words = {made_vessel_id("a", i): VesselDecision(v) for i, v in enumerate(given)}
    return Decisions(words, confirmed_tumours=frozenset({"a"}), complete=True)


def test_before_review_the_grade_is_called_a_proposal(tmp_path: Path) -> None:
    case = made_case(tmp_path, *MadeVessel().times(2))
    said = grade_text(case, EN, is_signed=False)
    assert "NHC: M1" in said
    assert "proposal, not reviewed" in said
    assert "机器建议" in grade_text(case, ZH, is_signed=False)


def test_what_remains_possible_is_said_where_the_grade_is_open(tmp_path: Path) -> None:
    sure, far = MadeVessel(), MadeVessel(dist_edge_um=12_000.0)
    case = made_case(tmp_path, sure, far, decisions=verdicts(Status.ACCEPTED, Status.UNCERTAIN))
    said = grade_text(case, EN, is_signed=False)
    assert "Undetermined" in said
    assert "<b>M1, M2b</b>" in said


def test_counts_distances_and_boxes_stand_in_their_rows(tmp_path: Path) -> None:
    near, many = MadeVessel(dist_edge_um=300.0), MadeVessel(dist_edge_um=2500.0, n_cells=80)
    case = made_case(tmp_path, near, many, decisions=verdicts(Status.ACCEPTED, Status.ACCEPTED))
    said = kinds_text(case, EN)
    assert "<td>2&nbsp;&nbsp;</td><td>2.50 mm&nbsp;&nbsp;</td><td>&gt; 50" in said
    assert kinds_text(made_case(tmp_path / "none", decisions=verdicts()), EN) == (
        "No vessel counts so far."
    )


def test_sampling_and_checklist_name_what_is_missing(tmp_path: Path) -> None:
    case = made_case(tmp_path, MadeVessel())
    assert "<b>1/7</b>" in sampling_text(case, EN)
    assert "confirmed" in checklist_text(case, EN)
    done = made_case(tmp_path / "b", MadeVessel(), decisions=verdicts(Status.ACCEPTED))
    assert checklist_text(done, EN) == "✓ Nothing is left to do."


def test_every_other_system_has_its_line(tmp_path: Path) -> None:
    case = made_case(tmp_path, *MadeVessel().times(5), decisions=verdicts(*[Status.ACCEPTED] * 5))
    said = systems_text(case, EN)
    # Five near vessels: little for one school, severe for the other.
    assert "<td>TCGP&nbsp;&nbsp;</td><td><b>M1</b>" in said
    assert "<td>SNUH&nbsp;&nbsp;</td><td><b>severe</b>" in said


def test_the_text_for_a_laboratory_is_plain_and_says_what_it_is_not(tmp_path: Path) -> None:
    case = made_case(tmp_path, MadeVessel(), decisions=verdicts(Status.ACCEPTED))
    lines = report_text(case, EN).splitlines()
    assert lines[:3] == ["Case: C-1", "MVI (NHC): M1", "portal: 1, Farthest 0.90 mm"]
    assert lines[-1].startswith("Research use only")


def test_names_of_others_cannot_break_the_page(tmp_path: Path) -> None:
    excuse = Decisions(sites={"a": Site.FAR}, complete=True)
    case = made_case(tmp_path, MadeVessel(), decisions=excuse)
    assert "<script" not in checklist_text(case, EN)
