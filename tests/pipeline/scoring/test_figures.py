from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from pathoflow.metrics import Calibration, SlideHits
from pathoflow.mvi import Grade
from pathoflow.pipeline.scoring.figures import CaseFigures, CaseTally
from pathoflow.pipeline.scoring.grades import GRADES, GradePair
from pathoflow.pipeline.scoring.tally import SIZES, SlideTally

HIT, MISS = frozenset({0}), frozenset[int]()


def grade(name: str) -> Grade:
    possible = [name] if name in GRADES else ["M1", "M2b"]
    return Grade("NHC", "four tiers", name, possible, ["r"])


def slide(
    hits: Sequence[tuple[float, bool]] = (),
    n_reference: int = 0,
    cells: Sequence[tuple[int, int]] = (),
    **sums: float,
) -> SlideTally:
    """A tally of hand-made numbers; what is not given is 0."""
    names = [f"objects.{what}.{size}" for size in SIZES for what in ("found", "true", "matched")]
    names += [f"jaccard.{what}.{size}" for size in SIZES for what in ("shared", "joint")]
    names += [f"{name}.{key}" for name in ("vessel", "tumour") for key in ("tp", "fp", "fn")]
    names += [f"boundary.{key}" for key in ("found", "found_near", "true", "true_near")]
    called = [is_hit for score, is_hit in hits if score >= 0.5]
    counted = {
        "mvi.true": n_reference,
        "mvi.found": int(any(called)),
        "mvi.false": sum(not is_hit for is_hit in called),
        "mvi.called": len(called),
    }
    found = SlideHits(
        tuple(score for score, _ in hits),
        tuple(HIT if is_hit else MISS for _, is_hit in hits),
        n_reference,
        tissue_cm2=0.5,
    )
    return SlideTally(
        dict.fromkeys(names, 0.0) | counted | {k.replace("__", "."): v for k, v in sums.items()},
        found,
        found,
        Calibration.of([score for score, _ in hits], [is_hit for _, is_hit in hits]),
        tuple(cells),
        2.0,
    )


def case(*slides: SlideTally, true: str = "M0", proposed: str = "M0") -> CaseTally:
    return CaseTally(slides, GradePair(grade(true), grade(proposed), (true,)))


ONES = np.ones(2, np.int64)


def test_ratios_are_taken_of_the_sums_and_not_averaged() -> None:
    one = slide(objects__found__all=10, objects__true__all=10, objects__matched__all=10)
    other = slide(objects__found__all=2, objects__true__all=2, objects__matched__all=0)
    figures = CaseFigures([case(one), case(other)]).all()
    assert figures["vessel_f1_at_iou_0.5"] == pytest.approx(2 * 10 / 24)
    assert figures["vessel_precision"] == figures["vessel_recall"] == pytest.approx(10 / 12)


def test_areas_and_boundaries_follow_their_formulas() -> None:
    one = slide(
        vessel__tp=6.0,
        vessel__fp=2.0,
        vessel__fn=4.0,
        boundary__found=10,
        boundary__found_near=8,
        boundary__true=20,
        boundary__true_near=10,
        jaccard__shared__all=3.0,
        jaccard__joint__all=4.0,
    )
    figures = CaseFigures([case(one)]).all()
    assert figures["vessel_pixel_iou"] == 6 / 12
    assert figures["vessel_pixel_dice"] == 12 / 18
    assert figures["vessel_boundary_f1"] == pytest.approx(2 * 0.8 * 0.5 / 1.3)
    assert figures["vessel_aji"] == 0.75
    assert math.isnan(figures["tumour_pixel_iou"])


def test_false_positives_are_counted_per_slide_and_per_tissue() -> None:
    """Two slides of 0.5 cm²: a limit of 1 per cm² allows one, of 1 per slide two."""
    one = slide([(0.9, False), (0.8, True)], 1)
    other = slide([(0.7, False), (0.6, True)], 1)
    figures = CaseFigures([case(one, other)]).all()
    assert figures["mvi_sensitivity_at_0.5_fp_per_slide"] == 0.5
    assert figures["mvi_sensitivity_at_1_fp_per_slide"] == 1.0
    assert figures["mvi_sensitivity_at_1_fp_per_cm2"] == 0.5
    assert figures["mvi_sensitivity_at_2_fp_per_cm2"] == 1.0
    assert figures["mvi_false_positives_per_slide"] == 1.0
    assert figures["mvi_sensitivity_at_2_fp"] == figures["mvi_sensitivity_at_2_fp_per_slide"]


def test_the_gallery_is_that_of_the_case() -> None:
    one, other = slide([(0.9, False)], 0), slide([(0.8, True)], 1)
    figures = CaseFigures([case(one, other)]).all()
    assert figures["mvi_ppv_top_10"] == 0.5
    assert figures["mvi_case_sensitivity_top_1"] == 0
    assert figures["mvi_case_sensitivity_top_3"] == 1


def test_count_errors_are_per_case_and_keep_their_sign() -> None:
    over = case(slide([(0.9, True), (0.8, False), (0.7, False)], 1))
    under = case(slide([], 1))
    figures = CaseFigures([over, under]).all()
    assert figures["mvi_count_error"] == (2 - 1) / 2
    assert figures["mvi_count_absolute_error"] == (2 + 1) / 2


def test_cell_counts_are_compared_vessel_by_vessel() -> None:
    one, other = slide(cells=[(12, 10), (30, 60)]), slide(cells=[(70, 70), (3, 0)])
    figures = CaseFigures([case(one), case(other)]).all()
    assert figures["cell_count_median_absolute_error"] == pytest.approx(0.2)
    assert figures["cell_count_mean_absolute_error"] == pytest.approx((0.2 + 0.5 + 0.0) / 3)
    assert figures["cell_count_median_error"] == 0.0
    assert figures["cell_count_box_agreement"] == 3 / 4
    boxes = [[n > 50 for n in numbers] for numbers in ((12, 30, 70, 3), (10, 60, 70, 0))]
    assert figures["cell_count_box_kappa"] == pytest.approx(cohen_kappa_score(*boxes))


def test_undetermined_grades_take_no_part_in_kappa() -> None:
    graded = [("M0", "M0"), ("M1", "M1"), ("M2b", "M1"), ("M1", "M2a"), ("M0", "M1")]
    open_ = [("undetermined", "M1"), ("M2b", "undetermined")]
    figures = CaseFigures([case(slide(), true=t, proposed=p) for t, p in graded + open_]).all()
    true, proposed = zip(*graded, strict=True)
    assert figures["grade_agreement"] == 2 / 5
    for weights in ("linear", "quadratic"):
        theirs = cohen_kappa_score(true, proposed, labels=list(GRADES), weights=weights)
        assert figures[f"grade_kappa_{weights}"] == pytest.approx(theirs)
    # M1 lies in what an undetermined truth leaves, M2b in what an undetermined proposal leaves.
    assert figures["grade_compatible"] == 4 / 7


def test_scores_are_held_against_truth_in_ten_bins() -> None:
    figures = CaseFigures([case(slide([(0.95, True), (0.85, False)], 1))]).all()
    assert figures["score_ece"] == pytest.approx((0.05 + 0.85) / 2)
    assert figures["score_brier"] == pytest.approx((0.05**2 + 0.85**2) / 2)
    assert figures["score_true_share_0.9_to_1"] == 1
    assert math.isnan(figures["score_true_share_0_to_0.1"])


def test_a_case_taken_twice_is_two_cases_in_every_figure() -> None:
    """Weights are how the bootstrap speaks, so they must mean what they say."""
    first = case(
        slide([(0.9, True), (0.6, False)], 2, [(12, 10), (60, 40)], objects__true__all=4),
        true="M1",
        proposed="M2a",
    )
    second = case(
        slide([(0.7, False)], 0, [(80, 90)], objects__true__all=1, objects__found__all=2),
        slide([(0.3, True)], 1, vessel__tp=3.0, vessel__fn=1.0),
        true="M1",
        proposed="M1",
    )
    weighted = CaseFigures([first, second]).of(np.array([1, 2]))
    repeated = CaseFigures([first, second, second]).all()
    assert weighted == pytest.approx(repeated, nan_ok=True)
    alone = CaseFigures([first, second]).of(np.array([0, 2]))
    assert alone == pytest.approx(CaseFigures([second, second]).all(), nan_ok=True)


def test_empty_slides_have_figures_without_data() -> None:
    """No vessel, no tumour, no candidate: nothing is perfect and nothing is wrong."""
    figures = CaseFigures([case(slide())]).all()
    known = {name: value for name, value in figures.items() if not math.isnan(value)}
    assert known == {
        "mvi_false_positives_per_slide": 0.0,
        "mvi_count_error": 0.0,
        "mvi_count_absolute_error": 0.0,
        "grade_agreement": 1.0,
        "grade_compatible": 1.0,
    }


def test_figures_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one case"):
        CaseFigures([])
    with pytest.raises(ValueError, match="at least one case"):
        CaseFigures([case()])
