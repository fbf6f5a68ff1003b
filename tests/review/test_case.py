from __future__ import annotations

import pytest

from pathoflow.errors import JournalError, UsageError
from pathoflow.mvi import Decisions
from pathoflow.review import open_case
from pathoflow.store import CaseFolder, read_case_file
from pathoflow.testing.cases import MadeCase
from pathoflow.testing.results import made_vessel_id, save_made_result
from tests.review.conftest import NEAR

V = made_vessel_id("A", 0)


def test_an_open_case_answers_what_its_journal_says(made: MadeCase) -> None:
    made.slide("A", [NEAR])
    case = made.write()
    case.review.accept(V)
    case.review.complete()
    assert (case.id, case.grade().grade, case.grades["NHC"].grade) == ("C-17", "M1", "M1")
    assert case.decide(Decisions(complete=True)).grade().grade != "M1"
    assert repr(case) == "OpenCase('C-17', in_review)"
    with pytest.raises(AttributeError):
        _ = case.colour


def test_saving_writes_what_the_journal_says_and_the_journal_stays_what_counts(
    made: MadeCase,
) -> None:
    made.slide("A", [NEAR])
    case = made.write()
    case.review.accept(V)
    case.save()
    assert read_case_file(made.folder)["decisions"]["vessels"] == {V: {"verdict": "accepted"}}
    case.review.reject(V, "rbc")
    case.close()
    assert made.open().vessels[0].role == "rejected"


def test_drawn_vessels_come_back_from_case_json(mapped: MadeCase) -> None:
    case = mapped.write()
    name = case.review.draw("A", [(100, 100), (100, 200), (200, 200), (200, 100)])
    case.review.brush(V, [(2000, 1120), (2010, 1130)], width_px=20)
    case.review.delete(made_vessel_id("A", 2))
    case.save()
    from pathoflow.mvi.case_json import case_from_json

    again = case_from_json(read_case_file(mapped.folder))
    assert again == case.now
    assert {v.id for v in again.vessels} == {V, made_vessel_id("A", 1), name}


def test_a_slide_as_its_own_case_has_its_journal_beside_the_cases(made: MadeCase) -> None:
    save_made_result(made.out, "A", [NEAR])
    case = open_case(made.out / "A", "Li")
    case.review.accept(V)
    case.close()
    assert (made.out / "cases" / "A" / "review.jsonl").exists()
    assert open_case(made.out / "A").vessels[0].role == "counted"
    case.save()
    assert open_case(made.out / "cases" / "A").vessels[0].role == "counted"
    save_made_result(made.out, "C-17", [NEAR])
    made.slide("B")
    made.write()
    with pytest.raises(UsageError, match="beside the case of that name"):
        open_case(made.out / "C-17")


def test_a_signed_version_opens_read_only(made: MadeCase) -> None:
    made.slide("A", [NEAR])
    case = made.write()
    case.review.accept(V)
    case.review.confirm_tumour("A")
    case.review.complete()
    case.review.sign()
    version = open_case(case.review.version_folder(1).path)
    assert version.now.decisions == case.now.decisions
    assert version.out == made.out
    assert not version.review.open()
    assert "never changes" in version.review.why_read_only
    with pytest.raises(UsageError, match="never changes"):
        version.save()


def test_a_damaged_journal_is_told_when_the_case_is_opened(made: MadeCase) -> None:
    made.slide("A")
    made.write()
    CaseFolder(made.folder.path).review_jsonl.write_text("{}\n")
    with pytest.raises(JournalError):
        made.open()
