"""A frozen section is refused, as far as the slide says that it is one."""

from __future__ import annotations

import shutil
from pathlib import Path

from pathoflow.pipeline import run_slide


def test_scenario_39_a_frozen_section_has_no_grade(painted: Path, tmp_path: Path) -> None:
    """Taken at its word: TCGA names the frozen samples of its slides TS, MS and BS."""
    slide = tmp_path / "TCGA-DD-A1EB-01A-01-TS1.tiff"
    shutil.copy(painted, slide)
    result = run_slide(slide, tmp_path / "out")
    assert result.status == "failed"
    assert {code["code"]: code["severity"] for code in result.codes}["OOD_FROZEN"] == "error"
    assert len(result.vessels) == 0
    assert result.data["mvi"] == {"n_candidates": None, "systems": {}, "reviewed": False}
