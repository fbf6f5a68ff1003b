from __future__ import annotations

from pathlib import Path

import pytest

from pathoflow.errors import UsageError
from pathoflow.pipeline.scoring.cases import CaseSlide, group_slides, read_cases


def write(folder: Path, text: str) -> Path:
    path = folder / "cases.csv"
    path.write_text(text, encoding="utf-8-sig")
    return path


def test_slides_are_known_by_the_stem_of_their_file(tmp_path: Path) -> None:
    table = write(tmp_path, "slide,case,block,site\nliver.svs,C1,A,Far\nb,C1,,\n\n c , C2 ,B\n")
    assert read_cases(table) == {
        "liver": CaseSlide("liver", "C1", "far"),
        "b": CaseSlide("b", "C1"),
        "c": CaseSlide("c", "C2"),
    }


def test_only_slide_and_case_are_needed(tmp_path: Path) -> None:
    assert read_cases(write(tmp_path, "Case,Slide,stain\nC1,a,HE\n")) == {"a": CaseSlide("a", "C1")}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("slide;case\na;C1\n", "no columns slide and case"),
        ("", "no columns slide and case"),
        ("slide,case\na,C1\na.svs,C2\n", "names the slide a twice"),
        ("slide,case\na,\n", "line 2: a row needs a slide and a case"),
        ("slide,case,block,site\na,C1,A,beyond\n", "line 2: 'beyond' is no site"),
    ],
)
def test_a_doubtful_table_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        read_cases(write(tmp_path, text))


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cases\.csv cannot be read"):
        read_cases(tmp_path / "cases.csv")


def test_without_a_table_every_slide_is_its_own_case() -> None:
    assert group_slides(["a", "b"], None) == {
        "a": [CaseSlide("a", "a")],
        "b": [CaseSlide("b", "b")],
    }


def test_with_a_table_slides_are_grouped_and_none_is_guessed() -> None:
    rows = {"a": CaseSlide("a", "C1"), "b": CaseSlide("b", "C2"), "c": CaseSlide("c", "C1", "far")}
    grouped = group_slides(["a", "b", "c"], rows)
    assert {case: [r.slide for r in slides] for case, slides in grouped.items()} == {
        "C1": ["a", "c"],
        "C2": ["b"],
    }
    with pytest.raises(UsageError, match="no row for the slide d"):
        group_slides(["d"], rows)
