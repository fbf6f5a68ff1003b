from __future__ import annotations

from typing import Any

from pathoflow.report.answer import answer_of


def test_the_leading_system_is_nhc_wherever_it_stands(result: dict[str, Any]) -> None:
    assert next(iter(result["mvi"]["systems"])) != "NHC"
    answer = answer_of(result)
    assert answer.leading is not None
    assert answer.leading.title.startswith("NHC")
    assert answer.leading.possible == "M1 or M2b"
    assert answer.leading.grade is None
    assert len(answer.leading.reasons) == 3
    assert [other.title.split(",")[0] for other in answer.others] == ["SNUH", "TCGP", "Iguchi"]


def test_what_was_said_is_not_said_again(result: dict[str, Any]) -> None:
    severe, tcgp, _ = answer_of(result).others
    assert severe.grade == "severe"
    assert severe.reasons == ("5 invaded vessels, up to 640 tumour cells in one vessel: severe.",)
    assert tcgp.reasons == ()


def test_counts_name_the_tissue_they_are_about(result: dict[str, Any]) -> None:
    assert answer_of(result).counts == "5 candidates on 1.02 cm² of tissue, 0.02 cm² excluded"
    result["mvi"]["n_candidates"] = 0
    assert answer_of(result).counts == "0 candidates on 1.02 cm² of tissue, 0.02 cm² excluded"


def test_kinds_fill_the_structured_report(result: dict[str, Any]) -> None:
    rows = {row.kind: row for row in answer_of(result).kinds}
    assert {kind: row.n_candidates for kind, row in rows.items()} == {
        "capsular": 1,
        "hepatic": 1,
        "portal": 3,
    }
    assert rows["portal"].farthest == "1.89 mm, unknown for 1 of 3"
    assert rows["portal"].most_cells == "640 (560 to 730)"
    assert rows["capsular"].farthest == "0.28 mm"


def test_no_tumour_is_said(result: dict[str, Any]) -> None:
    result["tumour"] = {"area_um2": 0, "regions": 0}
    assert "no tumour found on this slide" in answer_of(result).details


def test_a_failed_slide_has_no_proposal_and_no_zero(failed_result: dict[str, Any]) -> None:
    failed_result["mvi"]["systems"] = {"NHC": {"grade": "M0", "possible": ["M0"], "reasons": []}}
    answer = answer_of(failed_result)
    assert answer.leading is None
    assert not answer.is_judged
    assert answer.refusal is not None
    assert "does not mean that MVI is absent" in answer.refusal
    assert "0" not in answer.counts + answer.details


def test_a_result_without_systems_says_so(result: dict[str, Any]) -> None:
    result["mvi"]["systems"] = {}
    answer = answer_of(result)
    assert answer.refusal == "No grading system was applied, so there is no proposal."
    assert answer.is_judged


def test_a_system_of_others_keeps_its_name(result: dict[str, Any]) -> None:
    result["mvi"]["systems"] = {"House": {"grade": "x", "possible": ["x"], "reasons": []}}
    leading = answer_of(result).leading
    assert leading is not None
    assert (leading.title, leading.grade) == ("House", "x")
