from __future__ import annotations

from pathlib import Path

import pytest

from pathoflow.errors import SlideUnreadable, UsageError
from pathoflow.mvi import CaseRow, MviCriteria, Site
from pathoflow.pipeline import load_case, require_rows, write_cases
from pathoflow.pipeline.batch import Outcome, failure, outcome_of
from pathoflow.review.slides import criteria_of, slide_of
from pathoflow.store import CaseFolder, Result
from pathoflow.testing.results import MadeVessel, made_result, save_made_result

A, B = CaseRow("a", "C-17", "A", Site.INTERFACE), CaseRow("b", "C-17", "B", Site.FAR)
OTHER = CaseRow("z", "C-18")


def done(out: Path, name: str) -> Outcome:
    return outcome_of(Path(f"{name}.svs"), name, save_made_result(out, name, [MadeVessel()]))


def test_slides_of_a_batch_become_a_case_with_those_that_are_missing(tmp_path: Path) -> None:
    table = {row.slide: row for row in (A, B, OTHER)}
    (written,) = write_cases(tmp_path, table, [done(tmp_path, "a")], MviCriteria())
    assert written.folder.path == tmp_path / "cases" / "C-17"
    case = load_case(written.folder.path)
    assert case.now == written.case
    assert [(s.id, s.status) for s in case.slides] == [("a", "ok"), ("b", "not_analysed")]
    assert written.folder.report_html.exists()
    # A case of which nothing was asked for is left alone.
    assert not (tmp_path / "cases" / "C-18").exists()


def test_slides_of_an_earlier_run_belong_to_the_case_too(tmp_path: Path) -> None:
    save_made_result(tmp_path, "b")
    outcomes = [done(tmp_path, "a")]
    (written,) = write_cases(tmp_path, {"a": A, "b": B}, outcomes, MviCriteria())
    assert written.case is not None
    assert [slide.is_analysed for slide in written.case.slides] == [True, True]


def test_a_slide_that_failed_before_anything_was_written_has_failed(tmp_path: Path) -> None:
    bad = failure(Path("b.svs"), "b", SlideUnreadable("b.svs: cut off"))
    (written,) = write_cases(tmp_path, {"a": A, "b": B}, [done(tmp_path, "a"), bad], MviCriteria())
    assert written.case is not None
    slide = written.case.slides[1]
    assert (slide.status, slide.codes[0]["code"]) == ("failed", "SLIDE_CORRUPT")
    assert slide.codes[0]["message"] == "b.svs: cut off"


def test_one_bad_case_does_not_stop_the_others(tmp_path: Path) -> None:
    outcomes = [done(tmp_path, "a"), done(tmp_path, "z")]
    folder = CaseFolder(tmp_path / "cases" / "C-17")
    folder.prepare()
    folder.case_json.write_text("{half")
    bad, good = write_cases(tmp_path, {"a": A, "z": OTHER}, outcomes, MviCriteria())
    assert "not valid JSON" in str(bad.error)
    assert bad.case is None
    assert good.case is not None


def test_every_slide_needs_its_row_before_anything_runs(tmp_path: Path) -> None:
    require_rows([tmp_path / "a.svs"], {"a": A})
    with pytest.raises(UsageError, match="no row for the slide b and 1 more; add one for each"):
        require_rows([tmp_path / f"{name}.svs" for name in "abc"], {"a": A})


def test_a_slide_is_not_analysed_into_the_folder_of_cases(tmp_path: Path) -> None:
    row = CaseRow("Cases", "C")
    with pytest.raises(UsageError, match="rename the slide"):
        require_rows([tmp_path / "Cases.svs"], {"Cases": row})


def test_a_slide_that_stands_in_no_table_is_its_own_case(tmp_path: Path) -> None:
    save_made_result(tmp_path, "liver", [MadeVessel(), MadeVessel(0.3)])
    case = load_case(tmp_path / "liver")
    assert (case.id, len(case.slides)) == ("liver", 1)
    assert [v.is_called for v in case.slides[0].vessels] == [True, False]
    assert case.grade("NHC").grade == "M1"


def test_a_case_is_loaded_by_its_folder_or_its_file(tmp_path: Path) -> None:
    (written,) = write_cases(tmp_path, {"a": A}, [done(tmp_path, "a")], MviCriteria())
    assert load_case(str(written.folder.case_json)).now == load_case(written.folder.path).now
    with pytest.raises(UsageError, match=r"no case\.json"):
        load_case(tmp_path)


def test_a_slide_keeps_what_a_case_must_know_of_it() -> None:
    data = made_result("a", [MadeVessel(0.45)], n_tumours=2)
    data["provenance"]["settings"] = {"criteria": {"p_called": 0.4, "new": 1}}
    data["provenance"]["synthetic"] = True
    result = Result(data)
    slide = slide_of(A, result, has_report=True)
    assert criteria_of(result).p_called == 0.4
    assert slide.vessels[0].is_called
    assert (slide.n_vessels, slide.n_tumours, slide.tissue_um2) == (1, 2, 2.1e8)
    assert (slide.is_synthetic, slide.has_report, slide.site) == (True, True, Site.INTERFACE)
