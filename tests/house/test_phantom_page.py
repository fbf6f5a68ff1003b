"""The page on painted slides names every key and every label, and shows the figures that were made."""

from __future__ import annotations

import runpy
from dataclasses import fields
from pathlib import Path

import pytest

from pathoflow.phantom import QUALITY_VALUES, Artefacts, ContentMix, FileLayout, PhantomSpec

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "phantom.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", [PhantomSpec, ContentMix, Artefacts, FileLayout])
def test_every_key_of_a_recipe_is_explained(table: type) -> None:
    missing = [item.name for item in fields(table) if f"`{item.name}`" not in PAGE]
    assert not missing


def test_every_artefact_stands_with_its_value() -> None:
    missing = [k for k, value in QUALITY_VALUES.items() if f"| {value} | {k} |" not in PAGE]
    assert not missing


def test_the_figures_on_the_page_are_those_that_the_command_writes() -> None:
    updated = runpy.run_path(str(ROOT / "benchmarks" / "phantom_page.py"))["updated"]
    assert updated(PAGE) == PAGE, "run: python benchmarks/phantom_page.py"
