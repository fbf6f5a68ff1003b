"""Painting from a recipe; the painting itself is tested where it is done."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RECIPE = 'seed = 7\nsize_px = [600, 500]\nmpp = 0.5\nfamily = "train"\n'


def test_the_recipe_is_painted_where_asked(
    pathoflow: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    painted: list[tuple[Any, Path]] = []
    monkeypatch.setattr(
        "pathoflow.phantom.make_phantom", lambda spec, to, on_share: painted.append((spec, to))
    )
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(RECIPE)
    slide = tmp_path / "new" / "liver.tiff"
    said = pathoflow("phantom", "make", recipe, "--to", slide)
    assert (said.code, said.out) == (0, f"{slide}\n")
    [(spec, to)] = painted
    assert to == slide
    assert (spec.seed, spec.size_px, spec.mpp, spec.family) == (7, (600, 500), 0.5, "train")


def test_json_says_what_was_painted(
    pathoflow: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("pathoflow.phantom.make_phantom", lambda spec, to, on_share: None)
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(RECIPE)
    said = pathoflow("phantom", "make", recipe, "--to", tmp_path / "liver.tiff", "--json")
    told = json.loads(said.out)
    assert told["slide"] == str(tmp_path / "liver.tiff")
    assert told["truth"] == str(tmp_path / "liver.truth")
    assert (told["seed"], told["family"], told["data"]) == (7, "train", "synthetic")


COHORT = (
    RECIPE.replace("0.5", "2.0")
    + """vessels = 6
[cohort]
virtual = true
[[case]]
id = "C1"
[[case.block]]
name = "A"
site = "far"
tumour = false
mvi_vessels = 1
"""
)


def test_a_cohort_is_written_into_a_folder_with_the_truth_of_its_cases(
    pathoflow: Callable[..., Any], tmp_path: Path
) -> None:
    recipe = tmp_path / "cohort.toml"
    recipe.write_text(COHORT)
    said = pathoflow("phantom", "make", recipe, "--to", tmp_path / "C")
    assert said.code == 0, said.err
    assert said.out.splitlines() == [
        "C1: 1 slides, 1 invaded veins (1 far, 0 at unknown distance)",
        str(tmp_path / "C" / "cases.csv"),
    ]
    assert "C1-A: painting" in said.err
    told = json.loads(pathoflow("phantom", "make", recipe, "--to", tmp_path / "C", "--json").out)
    assert told["data"] == "synthetic"
    assert [(case["case"], case["n_far"]) for case in told["cases"]] == [("C1", 1)]


def test_a_bad_block_is_named(refused: Callable[..., str], tmp_path: Path) -> None:
    recipe = tmp_path / "cohort.toml"
    recipe.write_text(COHORT.replace('site = "far"', 'site = "moon"'))
    message = refused("phantom", "make", recipe, "--to", tmp_path / "C")
    assert "case C1, block A" in message
    assert "moon" in message
    assert not (tmp_path / "C").exists()


def test_a_sheet_is_drawn_where_asked(
    pathoflow: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from pathoflow.phantom import SheetRow

    asked: list[tuple[Any, ...]] = []

    def draw(spec: Any, to: Path, crops: int, is_blind: bool, on_share: Any) -> Any:
        asked.append((spec.seed, to, crops, is_blind))
        return (SheetRow(1, "tumour", (3.0, 4.0)),)

    monkeypatch.setattr("pathoflow.phantom.make_sheet", draw)
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(RECIPE)
    picture = tmp_path / "sheet.png"
    assert pathoflow("phantom", "sheet", recipe, "--to", picture).out == f"{picture}\n"
    words = ("--crops", "3", "--blind", "--json")
    told = json.loads(pathoflow("phantom", "sheet", recipe, "--to", picture, *words).out)
    assert told["rows"] == [{"number": 1, "shows": "tumour", "centre_px": [3.0, 4.0]}]
    assert asked == [(7, picture, 1, False), (7, picture, 3, True)]


def test_too_many_crops_are_refused(refused: Callable[..., str], tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(RECIPE)
    message = refused("phantom", "sheet", recipe, "--to", tmp_path / "s.png", "--crops", "500")
    assert "--crops" in message


@pytest.mark.parametrize(
    ("recipe", "named"),
    [
        (RECIPE.replace("seed = 7\n", ""), "seed"),
        (RECIPE.replace('"train"', '"human"'), "human"),
        (RECIPE.replace("0.5", "50"), "mpp = 50"),
        (RECIPE.replace("[600, 500]", "[6, 500]"), "size_px"),
        (RECIPE + "colour = 3\n", "colour"),
        (RECIPE + "[artefacts]\nfold = 1\n", "artefacts.fold"),
        ("seed = = 7\n", "recipe.toml"),
    ],
)
def test_a_bad_recipe_is_refused_in_one_sentence(
    refused: Callable[..., str], tmp_path: Path, recipe: str, named: str
) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(recipe)
    assert named in refused("phantom", "make", path, "--to", tmp_path / "liver.tiff")
    assert not (tmp_path / "liver.tiff").exists()


def test_a_missing_recipe_is_refused(refused: Callable[..., str], tmp_path: Path) -> None:
    message = refused("phantom", "make", tmp_path / "none.toml", "--to", tmp_path / "liver.tiff")
    assert "none.toml" in message
