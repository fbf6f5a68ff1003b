"""The page on reviewing shows the figures that were made, and its pictures are there and small."""

from __future__ import annotations

import re
import runpy
from pathlib import Path


def test_the_figures_on_the_page_are_those_that_the_command_writes(root: Path) -> None:
    updated = runpy.run_path(str(root / "benchmarks" / "review.py"))["updated"]
    page = (root / "docs" / "review.md").read_text("utf-8")
    assert updated(page) == page, "run: python benchmarks/review.py"


def test_every_picture_of_the_page_is_there_and_small(root: Path) -> None:
    page = (root / "docs" / "review.md").read_text("utf-8")
    pictures = re.findall(r"\(images/(review-[a-z]+\.jpg)\)", page)
    assert len(pictures) >= 9
    for name in pictures:
        assert (root / "docs" / "images" / name).stat().st_size < 180_000
