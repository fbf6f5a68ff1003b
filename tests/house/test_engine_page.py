"""The page on the engine shows the figures that were made, and no others."""

from __future__ import annotations

import runpy
from pathlib import Path


def test_the_figures_on_the_page_are_those_that_the_command_writes(root: Path) -> None:
    updated = runpy.run_path(str(root / "benchmarks" / "engine_page.py"))["updated"]
    page = (root / "docs" / "engine.md").read_text("utf-8")
    assert updated(page) == page, "run: python benchmarks/engine_page.py"


def test_figures_are_drawn_as_tables_and_their_lack_is_said(root: Path) -> None:
    made = runpy.run_path(str(root / "benchmarks" / "engine_page.py"))
    cell = "| small network | torch |"
    assert any(line.startswith(cell) for line in made["block"]("efficiency").splitlines())
    assert made["block"]("nothing-of-this-name") == "Not measured yet."
