from __future__ import annotations

from pathlib import Path

import pytest

from pathoflow.errors import UsageError
from pathoflow.pipeline import find_slides


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_a_file_named_by_hand_may_end_in_anything(tmp_path: Path) -> None:
    odd = touch(tmp_path / "scan.weird")
    assert find_slides([odd]) == [odd]


def test_folders_are_searched_with_all_below_them_in_order_of_name(tmp_path: Path) -> None:
    touch(tmp_path / "notes.txt")
    slides = [
        touch(tmp_path / name) for name in ("a.svs", "b/deep/c.NDPI", "b/deep/d.mrxs", "e.tiff")
    ]
    assert find_slides([tmp_path]) == slides


def test_the_order_of_the_command_comes_before_that_of_names(tmp_path: Path) -> None:
    late, early = touch(tmp_path / "z.svs"), touch(tmp_path / "a.svs")
    assert find_slides([late, early]) == [late, early]


def test_a_zarr_folder_is_one_slide(tmp_path: Path) -> None:
    store = tmp_path / "slide.zarr"
    touch(store / "0" / "c" / "page.tif")
    assert find_slides([tmp_path]) == [store]
    assert find_slides([store]) == [store]


def test_a_file_named_twice_is_one_slide(tmp_path: Path) -> None:
    slide = touch(tmp_path / "a.svs")
    assert find_slides([slide, tmp_path, slide]) == [slide]


def test_hidden_files_results_and_truths_are_passed_over(tmp_path: Path) -> None:
    slide = touch(tmp_path / "case.tiff")
    touch(tmp_path / ".cache.tiff")
    touch(tmp_path / ".trash" / "old.svs")
    touch(tmp_path / "case.truth" / "vessels.tif")
    touch(tmp_path / "out" / "case" / "analysis.zarr" / "zarr.json")
    touch(tmp_path / "out" / "case" / "picture.tif")
    assert find_slides([tmp_path]) == [slide]


def test_a_folder_without_slides_is_refused_by_name(tmp_path: Path) -> None:
    touch(tmp_path / "empty" / "readme.txt")
    with pytest.raises(UsageError, match=r"empty holds no slides .*\.ndpi"):
        find_slides([tmp_path / "empty"])


def test_a_path_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.svs does not exist"):
        find_slides([tmp_path / "gone.svs"])


def test_recipes_of_painted_slides_count_and_other_toml_files_do_not(tmp_path: Path) -> None:
    recipe = tmp_path / "painted.toml"
    recipe.write_text('seed = 1\nsize_px = [900, 900]\nmpp = 1.0\nfamily = "train"\n')
    (tmp_path / "cohort.toml").write_text(recipe.read_text() + "[cohort]\ncases = 2\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "broken.toml").write_text("seed =")
    assert find_slides([tmp_path]) == [recipe]
