from __future__ import annotations

import string
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathoflow.store.case_folder import CaseFolder, case_folders

OUT = Path("out")


def names(*ids: str) -> list[str]:
    return [folder.path.name for folder in case_folders(OUT, ids).values()]


def test_a_plain_id_is_the_name_of_its_folder() -> None:
    assert names("C-17", "2024.0815", "病例_3") == ["C-17", "2024.0815", "病例_3"]
    assert case_folders(OUT, ["C-17"])["C-17"].path == OUT / "cases" / "C-17"


@pytest.mark.parametrize(
    "evil",
    [
        "..", ".", "../../etc/passwd", "a/b", r"a\b", "C:x", "~", "-rf", "", " ", "a\0b", "a\nb", "CON", "nul.txt",
        "a.", "x" * 300, "病" * 200, "C-17 (2)", "e\u0301", "C-0a1b2c3d",
    ],
)  # fmt: skip
def test_an_odd_id_becomes_a_name_that_stays_where_it_is(evil: str) -> None:
    (name,) = names(evil)
    assert name != evil
    assert not set(name) & set('/\\:*?"<>|\0\n. ')
    assert name[0] not in "-~"
    assert len(name.encode()) <= 110
    assert set(name[-8:]) <= set(string.hexdigits)


def test_ids_that_some_file_systems_take_for_one_another_get_folders_of_their_own() -> None:
    folded = [name.casefold() for name in names("c-17", "C-17", "\u00e9", "e\u0301", "a b", "a-b")]
    assert len(set(folded)) == 6


@given(st.lists(st.text(max_size=12), max_size=12, unique=True))
def test_two_ids_never_share_a_folder(ids: list[str]) -> None:
    found = [unicodedata.normalize("NFC", name).casefold() for name in names(*ids)]
    assert len(set(found)) == len(ids)
    for name in found:
        assert (OUT / "cases" / name).resolve().parent == (OUT / "cases").resolve()


def test_the_files_of_a_case() -> None:
    folder = CaseFolder(OUT / "cases" / "C")
    files = (folder.case_json, folder.review_jsonl, folder.report_html)
    assert [file.name for file in files] == ["case.json", "review.jsonl", "report.html"]


def test_preparing_makes_the_folder(tmp_path: Path) -> None:
    folder = CaseFolder(tmp_path / "cases" / "C")
    folder.prepare()
    assert folder.path.is_dir()
