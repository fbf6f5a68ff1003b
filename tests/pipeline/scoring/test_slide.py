from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shapely import box

from pathoflow.errors import Code, UsageError
from pathoflow.pipeline import score_slide
from pathoflow.pipeline.compose import Remark
from pathoflow.pipeline.scoring.slide import plain

INVADED, EMPTY, TUMOUR = (
    box(200, 200, 400, 360),
    box(800, 600, 1000, 800),
    box(1100, 100, 1500, 500),
)


def test_a_perfect_answer_has_perfect_figures(
    save_outcome: Callable[..., Path], truth: Path
) -> None:
    folder = save_outcome([(INVADED, 0.9, 12), (EMPTY, 0.0, 0)], [TUMOUR])
    found = score_slide(folder, truth).as_json()
    ones = (
        "vessel_f1_at_iou_0.5",
        "vessel_f1_at_iou_0.5_60_to_200_um",
        "vessel_aji",
        "vessel_precision",
        "vessel_recall",
        "vessel_pixel_iou",
        "vessel_pixel_dice",
        "vessel_boundary_f1",
        "tumour_pixel_iou",
        "mvi_sensitivity",
        "mvi_sensitivity_at_2_fp",
        "mvi_sensitivity_at_0.25_fp_per_slide",
        "mvi_sensitivity_at_8_fp_per_cm2",
        "mvi_ppv_top_10",
        "mvi_case_sensitivity_top_1",
        "cell_count_box_agreement",
        "grade_agreement",
    )
    assert {name: found[name] for name in ones} == dict.fromkeys(ones, 1.0)
    assert (found["mvi_called"], found["mvi_false_positives"]) == (1, 0)
    assert found["cell_count_vessels"] == 1
    assert found["cell_count_median_error"] == 0
    assert (found["grade_true"], found["grade_proposed"]) == ("M1", "M1")
    # Scores of 0.9 and 0: 0.1 off on one of two.
    assert found["score_ece"] == pytest.approx(0.05)
    assert found["boundary_tolerance_um"] == 2.0


def test_a_flawed_answer_has_the_figures_of_the_formulas(
    save_outcome: Callable[..., Path], truth: Path
) -> None:
    """The empty vessel is missed and another called in glass; the tumour is half; 9 of 12 cells are counted."""
    ghost = box(100, 900, 200, 1000)
    half = box(1100, 100, 1300, 500)
    folder = save_outcome([(INVADED, 0.9, 9), (ghost, 0.8, 5)], [half])
    found = score_slide(folder, truth).as_json()
    assert found["vessel_f1_at_iou_0.5"] == 2 * 1 / (2 + 2)
    invaded, empty, wrong = 200 * 160, 200 * 200, 100 * 100
    iou = round(invaded / (invaded + empty + wrong), 4)
    assert found["vessel_pixel_iou"] == found["vessel_aji"] == iou
    assert found["tumour_pixel_iou"] == 0.5
    assert (found["mvi_sensitivity"], found["mvi_false_positives"]) == (1.0, 1)
    assert found["mvi_ppv_top_10"] == 0.5
    assert found["mvi_count_error"] == 1
    assert found["cell_count_median_absolute_error"] == pytest.approx(3 / 12)
    assert found["vessels_found_under_60_um"] == 1


def test_every_score_of_a_painted_slide_says_what_painted_it(
    save_outcome: Callable[..., Path], truth: Path
) -> None:
    found = score_slide(save_outcome([(INVADED, 0.9, 12)]), truth).as_json()
    assert found["data"] == "synthetic"
    assert found["synthetic"] is True
    assert (found["generator_version"], found["seed"], found["family"]) == ("2", 4, "test")


def test_what_could_not_be_measured_is_null(
    save_outcome: Callable[..., Path], save_truth: Callable[..., Path]
) -> None:
    """No vessel in truth, none found: a ratio of nothing to nothing."""
    folder = save_truth([("t1", "Tumour", TUMOUR)])
    found: dict[str, Any] = score_slide(save_outcome([], [TUMOUR]), folder).as_json()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    for name in (
        "vessel_f1_at_iou_0.5",
        "vessel_aji",
        "vessel_pixel_iou",
        "vessel_boundary_f1",
        "mvi_sensitivity",
        "mvi_sensitivity_at_1_fp_per_slide",
        "mvi_ppv_top_20",
        "cell_count_median_error",
        "score_ece",
    ):
        assert found[name] is None
    assert (found["vessels_found"], found["vessels_true"]) == (0, 0)
    assert (found["grade_true"], found["grade_proposed"]) == ("M0", "M0")


def test_a_slide_without_tumour_has_no_tumour_figure(
    save_outcome: Callable[..., Path], save_truth: Callable[..., Path]
) -> None:
    folder = save_truth([("v1", "Vessel", EMPTY)])
    found = score_slide(save_outcome([(EMPTY, 0.0, 0)]), folder).as_json()
    assert found["tumour_pixel_iou"] is None
    assert found["vessel_f1_at_iou_0.5"] == 1


def test_a_slide_of_doubt_alone_blames_nobody(
    save_outcome: Callable[..., Path], save_truth: Callable[..., Path]
) -> None:
    folder = save_truth([("v1", "Vessel: Equivocal", INVADED)])
    found = score_slide(save_outcome([(INVADED, 0.9, 7)]), folder).as_json()
    assert found["mvi_sensitivity"] is None
    assert (found["mvi_false_positives"], found["mvi_true"]) == (0, 0)
    assert (found["mvi_ignored_references"], found["mvi_ignored_candidates"]) == (1, 1)
    assert found["mvi_ppv_top_10"] is None
    assert found["grade_true"] == "M0"


def test_a_failed_slide_cannot_be_scored(save_outcome: Callable[..., Path], truth: Path) -> None:
    folder = save_outcome([], remarks=[Remark(Code.NO_TISSUE, "error", "Glass only.")])
    with pytest.raises(UsageError, match="result of a failed slide"):
        score_slide(folder, truth)


def test_numbers_are_plain() -> None:
    assert (plain(3), plain(float("nan")), plain(0.123456)) == (3, None, 0.1235)
