"""Painting from a recipe; the painting itself is tested where it is done."""

from __future__ import annotations

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


@pytest.mark.parametrize(
    ("recipe", "named"),
    [
        (RECIPE.replace("seed = 7\n", ""), "seed"),
        (RECIPE.replace('"train"', '"human"'), "human"),
        (RECIPE.replace("0.5", "50"), "mpp = 50"),
        (RECIPE.replace("[600, 500]", "[6, 500]"), "size_px"),
        (RECIPE + "colour = 3\n", "colour"),
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
