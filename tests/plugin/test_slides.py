"""Slide files found again by the name of their result."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from napari_pathoflow.slides import Slides
from pathoflow.store import Result, load_result

NAME = "CASE-1_B1"


@pytest.fixture
def results(out: Path) -> dict[str, Result]:
    return {NAME: load_result(out / NAME)}


def test_a_slide_is_found_beside_its_results_and_opened_once(
    out: Path, results: dict[str, Result]
) -> None:
    slides = Slides(results, [out])
    assert slides[NAME].path == out / f"{NAME}.toml"
    assert slides[NAME] is slides[NAME]
    assert list(slides) == [NAME]
    slides.close()


def test_a_folder_that_somebody_names_is_searched_to_the_bottom(
    out: Path, results: dict[str, Result], tmp_path: Path
) -> None:
    deep = tmp_path / "archive" / "2026"
    deep.mkdir(parents=True)
    shutil.move(out / f"{NAME}.toml", deep)
    slides = Slides(results, [out])
    assert slides.get_slide(NAME) is None
    assert f"the file of the slide {NAME} was not found in {out}" in slides.problems[NAME]
    slides.look_in(tmp_path / "archive")
    assert slides[NAME].path == deep / f"{NAME}.toml"
    slides.close()


def test_another_file_of_the_same_name_is_refused(out: Path, results: dict[str, Result]) -> None:
    recipe = out / f"{NAME}.toml"
    recipe.write_text(recipe.read_text("utf-8").replace("[5000, 5000]", "[5000, 4000]"), "utf-8")
    slides = Slides(results, [out])
    assert slides.get_slide(NAME) is None
    assert "it is another slide" in slides.problems[NAME]


def test_what_is_no_slide_of_the_case_is_a_missing_key(results: dict[str, Result]) -> None:
    slides = Slides(results, [])
    with pytest.raises(KeyError):
        slides["other"]
    assert "other" not in slides
    assert len(slides) == 1


def test_folders_that_are_gone_or_empty_do_no_harm(
    out: Path, results: dict[str, Result], tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    slides = Slides(results, [tmp_path / "gone", out], [tmp_path / "empty", tmp_path / "nowhere"])
    assert slides.get_slide(NAME) is not None
    slides.close()
