"""The page of the experiment shows the figures that are kept, and none that were typed."""

from __future__ import annotations

import runpy
from pathlib import Path


def test_the_page_is_up_to_date(root: Path) -> None:
    page = (root / "docs" / "evsnet.md").read_text("utf-8")
    updated = runpy.run_path(str(root / "benchmarks" / "few_labels.py"))["updated"]
    assert updated(page) == page, "run: python benchmarks/few_labels.py"
