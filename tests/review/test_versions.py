from __future__ import annotations

import hashlib

from pathoflow.review.reading import Reading
from pathoflow.review.records import Records
from pathoflow.review.versions import changed_files, file_hashes, write_labels, write_version
from pathoflow.store import CaseFolder
from pathoflow.testing.cases import MadeCase
from tests.review.conftest import NEAR


def test_a_version_is_kept_whole_and_changes_are_found(made: MadeCase) -> None:
    made.slide("A", [NEAR])
    case = made.write()
    folder = CaseFolder(made.folder.path / "signed" / "v1")
    known = write_version(folder, case.now, Records(made.out), Reading())
    assert set(known) == {"case.json", "outlines.json", "labels/rejected.csv"}
    assert known["case.json"] == hashlib.sha256(folder.case_json.read_bytes()).hexdigest()
    assert changed_files(folder.path, known) == []
    folder.report_html.write_text("a report follows from the rest")
    assert changed_files(folder.path, known) == []
    folder.case_json.write_text("{}")
    (folder.path / "outlines.json").unlink()
    (folder.path / "more.txt").write_text("more")
    assert changed_files(folder.path, known) == ["case.json", "more.txt", "outlines.json"]
    assert "more.txt" in file_hashes(folder.path)


def test_labels_of_a_case_without_results_are_an_empty_table(made: MadeCase) -> None:
    made.slide("A")
    case = made.write()
    (table,) = write_labels(made.out / "labels", case.now, Records(made.out), Reading())
    assert table.read_text() == "slide,vessel,reason,p_mvi\n"
