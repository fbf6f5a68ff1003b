"""The README shows the figures that the benchmarks made, and no others."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_table_in_the_readme_is_the_one_the_command_writes() -> None:
    updated = runpy.run_path(str(ROOT / "benchmarks" / "table.py"))["updated"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert updated(readme) == readme, "run: python benchmarks/table.py"
