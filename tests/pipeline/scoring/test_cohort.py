from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from shapely import box

from pathoflow.errors import Code, UsageError
from pathoflow.pipeline import score_cohort
from pathoflow.pipeline.compose import Remark
from pathoflow.pipeline.progress import Step
from pathoflow.pipeline.scoring.cohort import CohortScore, score_alone

INVADED, EMPTY = box(200, 200, 400, 360), box(800, 600, 1000, 800)
SHAPES = [("v1", "Vessel: MVI", INVADED), ("v2", "Vessel", EMPTY)]
ROW = {"n_tumour_cells": 12, "dist_edge_um": 120.0}
HIT, MISSED = [(INVADED, 0.9, 12), (EMPTY, 0.0, 0)], [(EMPTY, 0.0, 0)]


@pytest.fixture
def folders(
    save_truth: Callable[..., Path], save_outcome: Callable[..., Path], tmp_path: Path
) -> tuple[Path, Path]:
    """Four slides with one invaded vessel each, found on all but the last."""
    for seed, name in enumerate("abcd"):
        save_truth(SHAPES, name, seed, v1=ROW)
        save_outcome(MISSED if name == "d" else HIT, name=name)
    return tmp_path / "out", tmp_path / "truths"


def test_results_and_truths_meet_by_the_slides_name(folders: tuple[Path, Path]) -> None:
    steps: list[Step] = []
    score = score_cohort(*folders, on_step=steps.append)
    assert [slide.slide_id for slide in score.slides] == list("abcd")
    assert [(step.slide_id, step.done, step.total) for step in steps] == [
        (name, index, 4) for index, name in enumerate("abcd")
    ]
    assert score.not_scored == ()
    found = score.intervals["mvi_sensitivity"]
    assert found.value == 3 / 4
    assert found.low < 3 / 4 < found.high == 1.0


def test_the_same_folders_give_the_same_intervals(folders: tuple[Path, Path]) -> None:
    one, other = (json.dumps(score_cohort(*folders).as_json()) for _ in range(2))
    assert one == other


def test_a_table_of_cases_joins_slides(folders: tuple[Path, Path], tmp_path: Path) -> None:
    """Drawn by case, two slides of one patient stand or fall together."""
    table = tmp_path / "cases.csv"
    table.write_text("slide,case,block,site\na,C1,,\nb,C1,,\nc,C2,,\nd,C2,,far\n")
    score = score_cohort(*folders, table)
    assert {case.name: [s.slide_id for s in case.slides] for case in score.cases} == {
        "C1": ["a", "b"],
        "C2": ["c", "d"],
    }
    assert score.counts["cases"] == 2
    assert score.counts["mvi_true"] == 4
    assert score.intervals["mvi_count_error"].value == -1 / 2
    rows = {row["case"]: row for row in score.as_json()["cases"]}
    assert (rows["C2"]["mvi_true"], rows["C2"]["mvi_called"]) == (2, 1)


def test_what_is_left_out_is_named_with_its_reason(
    folders: tuple[Path, Path],
    save_outcome: Callable[..., Path],
    save_truth: Callable[..., Path],
    tmp_path: Path,
) -> None:
    save_outcome(HIT, name="lone")
    save_truth(SHAPES, "unread")
    save_truth(SHAPES, "broken")
    save_outcome([], name="broken", remarks=[Remark(Code.NO_TISSUE, "error", "Glass only.")])
    table = tmp_path / "cases.csv"
    table.write_text("slide,case\n" + "".join(f"{name},C\n" for name in "abcd") + "ghost,C\n")
    score = score_cohort(*folders, table)
    assert set(score.not_scored) == {
        ("lone", "has a result but no truth"),
        ("unread", "has a truth but no result"),
        ("broken", "its analysis failed"),
        ("ghost", "is in the table of cases but has no result"),
    }
    assert len(score.slides) == 4
    assert {"slide": "lone", "reason": "has a result but no truth"} in score.as_json()["not_scored"]


def test_outlines_of_a_reader_may_be_the_truth(
    save_truth: Callable[..., Path], save_outcome: Callable[..., Path], tmp_path: Path
) -> None:
    drawn = tmp_path / "drawn"
    drawn.mkdir()
    (save_truth(SHAPES) / "truth.geojson").rename(drawn / "case.geojson")
    save_outcome(HIT)
    score = score_cohort(tmp_path / "out", drawn)
    assert score.origin["data"] == "real"
    assert score.intervals["mvi_sensitivity"].value == 1


def test_json_holds_everything_and_says_that_it_is_synthetic(folders: tuple[Path, Path]) -> None:
    found = score_cohort(*folders).as_json()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert (found["data"], found["seeds"]) == ("synthetic", [0, 1, 2, 3])
    assert found["counts"]["slides"] == 4
    assert found["counts"]["grades_compared"] == 4
    assert found["grade_table"]["true_by_proposed"][1] == [1, 3, 0, 0]
    assert found["intervals"]["level"] == 0.95
    assert "4 cases of at least 20 wanted" in found["intervals"]["caution"]
    assert sum(row["n"] for row in found["reliability"]) == 7
    assert [slide["slide"] for slide in found["slides"]] == list("abcd")
    assert all(slide["synthetic"] and slide["case"] == slide["slide"] for slide in found["slides"])


def test_one_slide_has_figures_but_no_intervals(folders: tuple[Path, Path]) -> None:
    score: CohortScore = score_alone(folders[0] / "a", folders[1] / "a.truth")
    found = score.intervals["mvi_sensitivity"]
    assert found.value == 1
    assert math.isnan(found.low)


def test_folders_that_do_not_fit_are_refused(folders: tuple[Path, Path], tmp_path: Path) -> None:
    out, truths = folders
    with pytest.raises(UsageError, match="is no folder"):
        score_cohort(out, tmp_path / "nowhere")
    with pytest.raises(UsageError, match=r"no result in .* has its truth"):
        score_cohort(truths, truths)
    table = tmp_path / "cases.csv"
    table.write_text("slide,case\na,C1\n")
    with pytest.raises(UsageError, match="no row for the slide b"):
        score_cohort(out, truths, table)
