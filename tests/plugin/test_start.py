"""Which case a path means."""

from __future__ import annotations

from pathlib import Path

from napari_pathoflow.start import worklist_and_case


def test_a_results_folder_a_case_and_a_slide_all_lead_to_the_worklist(painted_out: Path) -> None:
    case, slide = painted_out / "cases" / "CASE-1", painted_out / "CASE-1_B1"
    assert worklist_and_case(painted_out) == (painted_out, None)
    assert worklist_and_case(case) == (painted_out, case)
    assert worklist_and_case(slide) == (painted_out, slide)
