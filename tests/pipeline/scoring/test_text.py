from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from shapely import box

from pathoflow.pipeline import score_cohort, score_slide
from pathoflow.pipeline.scoring.text import cohort_lines, slide_lines

INVADED, EMPTY = box(200, 200, 400, 360), box(800, 600, 1000, 800)
SHAPES = [("v1", "Vessel: MVI", INVADED), ("v2", "Vessel", EMPTY)]
HIT = [(INVADED, 0.9, 12), (EMPTY, 0.0, 0)]
MARK = "[synthetic, generator 2, family test, seed 4]"


def test_every_line_of_a_painted_slide_says_so(
    save_outcome: Callable[..., Path], truth: Path
) -> None:
    lines = slide_lines(score_slide(save_outcome(HIT), truth).as_json())
    assert all(line.endswith(MARK) for line in lines)
    text = "\n".join(lines)
    assert "vessel f1 at iou 0.5 60 to 200 um" in text
    assert "score 0.9 to 1" in text
    assert "tumour pixel iou" in text


def test_a_figure_without_data_says_so_and_a_real_slide_needs_no_mark() -> None:
    lines = slide_lines({"mvi_sensitivity": None, "vessels_found": 9, "synthetic": False})
    assert [line.split("  ")[0] for line in lines] == ["mvi sensitivity", "vessels found"]
    assert lines[0].endswith("nothing to measure")
    assert lines[1].split() == ["vessels", "found", "9"]


def test_a_cohort_is_told_with_intervals_grades_and_what_was_left_out(
    save_truth: Callable[..., Path], save_outcome: Callable[..., Path], tmp_path: Path
) -> None:
    for seed, name in enumerate(("a", "b", "c")):
        row = {"n_tumour_cells": 12, "dist_edge_um": 120.0 if name != "b" else None}
        save_truth(SHAPES, name, seed, v1=row)
        save_outcome(HIT[name == "c" :], name=name)
    save_outcome(HIT, name="lone")
    lines = cohort_lines(score_cohort(tmp_path / "out", tmp_path / "truths").as_json())
    assert all(line.endswith("[synthetic, generator 2, family test, seed 0 1 2]") for line in lines)
    text = "\n".join(lines)
    assert "3 cases of at least 20 wanted" in text
    (line,) = (line for line in lines if line.startswith("mvi sensitivity  "))
    assert line.split()[2:6] == ["0.667", "0.000", "to", "1.000"]
    assert "case a: 1 slide, invaded vessels 1 true, 1 called; grade M1 true, M1 proposed" in text
    assert "case b: 1 slide, invaded vessels 1 true, 1 called; grade undetermined (M1, M2b)" in text
    assert "not scored: lone has a result but no truth" in text
