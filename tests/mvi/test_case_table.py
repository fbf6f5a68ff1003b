from __future__ import annotations

from pathlib import Path

import pytest

from pathoflow.errors import UsageError
from pathoflow.mvi.case_table import CaseRow, group_slides, read_cases
from pathoflow.mvi.site import Site


def write(folder: Path, text: str) -> Path:
    path = folder / "cases.csv"
    path.write_text(text, encoding="utf-8-sig")
    return path


def test_slides_are_known_by_the_stem_of_their_file(tmp_path: Path) -> None:
    table = write(
        tmp_path, "slide,case,block,site,tumour\nliver.svs,C1,A,Far,T2\nb,C1,,\n\n c , C2 ,B\n"
    )
    assert read_cases(table) == {
        "liver": CaseRow("liver", "C1", "A", Site.FAR, "T2"),
        "b": CaseRow("b", "C1"),
        "c": CaseRow("c", "C2", "B"),
    }


def test_only_slide_and_case_are_needed(tmp_path: Path) -> None:
    assert read_cases(write(tmp_path, "Case,Slide,stain\nC1,a,HE\n")) == {"a": CaseRow("a", "C1")}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("slide;case\na;C1\n", "no columns slide and case"),
        ("", "no columns slide and case"),
        ("slide,case\na,C1\na.svs,C2\n", "names the slide a twice"),
        ("slide,case\na,\n", "line 2: a row needs a slide and a case"),
        ("slide,case,block,site\na,C1,A,beyond\n", "line 2: 'beyond' is no site"),
        ("slide,case\n../..,C1\n", "line 2: '../..' names no slide"),
        ('slide,case\na,"C1\n', "is damaged"),
    ],
)
def test_a_doubtful_table_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        read_cases(write(tmp_path, text))


def test_dots_within_a_name_belong_to_it(tmp_path: Path) -> None:
    table = write(tmp_path, "slide,case,site\nLIV.01,C1,tumour centre\nx/LIV.02.svs,C1,\n")
    assert list(read_cases(table)) == ["LIV.01", "LIV.02"]
    assert read_cases(table)["LIV.01"].site is Site.TUMOUR_CENTRE


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cases\.csv cannot be read"):
        read_cases(tmp_path / "cases.csv")


def test_without_a_table_every_slide_is_its_own_case() -> None:
    assert group_slides(["a", "b"], None) == {
        "a": [CaseRow("a", "a")],
        "b": [CaseRow("b", "b")],
    }


def test_with_a_table_slides_are_grouped_and_none_is_guessed() -> None:
    rows = {"a": CaseRow("a", "C1"), "b": CaseRow("b", "C2"), "c": CaseRow("c", "C1", "", Site.FAR)}
    grouped = group_slides(["a", "b", "c"], rows)
    assert {case: [r.slide for r in slides] for case, slides in grouped.items()} == {
        "C1": ["a", "c"],
        "C2": ["b"],
    }
    with pytest.raises(UsageError, match="no row for the slide d"):
        group_slides(["d"], rows)
