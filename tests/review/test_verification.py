from __future__ import annotations

import shutil

from pathoflow.review import verify_case
from pathoflow.testing.cases import MadeCase
from pathoflow.testing.results import made_vessel_id
from tests.review.conftest import NEAR


def signed(made: MadeCase) -> None:
    made.slide("A", [NEAR])
    case = made.write()
    case.review.accept(made_vessel_id("A", 0))
    case.review.confirm_tumour("A")
    case.review.complete()
    case.review.sign()
    case.close()


def test_a_signed_case_is_sound_and_names_its_last_hash(made: MadeCase) -> None:
    signed(made)
    found = verify_case(made.folder)
    assert (found.is_sound, found.n_entries, found.versions) == (True, 5, (1,))
    last = made.folder.review_jsonl.read_text("utf-8").splitlines()[-1]
    assert found.last_hash in last
    assert found.as_json()["case"] == "C-17"


def test_a_signed_file_that_was_altered_is_found(made: MadeCase) -> None:
    signed(made)
    path = made.folder.path / "signed" / "v1" / "case.json"
    path.write_text(path.read_text("utf-8").replace("M1", "M0"), "utf-8")
    assert verify_case(made.folder).problems == ("version 1: case.json is not what was signed",)


def test_a_journal_whose_end_was_cut_off_is_found_by_its_versions(made: MadeCase) -> None:
    signed(made)
    shutil.copytree(made.folder.path / "signed" / "v1", made.folder.path / "signed" / "v2")
    lines = made.folder.review_jsonl.read_bytes().splitlines(keepends=True)
    made.folder.review_jsonl.write_bytes(b"".join(lines[:-1]))
    (problem,) = verify_case(made.folder).problems
    assert problem.startswith("the version v2 was signed, but the journal does not say so")


def test_a_case_that_nobody_reviewed_is_sound(made: MadeCase) -> None:
    made.slide("A")
    made.write()
    assert verify_case(made.folder).is_sound
    assert verify_case(made.folder).n_entries == 0
