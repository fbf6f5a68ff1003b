from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from shapely import Polygon, box

from pathoflow.errors import Code
from pathoflow.mvi import SYSTEMS, Grade, Site
from pathoflow.pipeline.compose import Remark
from pathoflow.pipeline.scoring.grades import GRADES, GradedSlide, GradePair, grade_both
from pathoflow.pipeline.scoring.reference import load_reference
from pathoflow.pipeline.scoring.slide import SlideScore, score_slide
from pathoflow.pipeline.scoring.tally import tally_slide
from pathoflow.store import ResultFolder, load_result


def square(index: int) -> Polygon:
    """The place of one vessel of a row."""
    return box(100 + 150 * index, 100, 180 + 150 * index, 180)


@pytest.fixture
def scored(
    save_truth: Callable[..., Path], save_outcome: Callable[..., Path]
) -> Callable[..., SlideScore]:
    """A slide with invaded vessels at these distances, of which these are found with these scores."""

    def make(
        distances: Sequence[float | None],
        scores: dict[int, float],
        name: str = "case",
        equivocal: Sequence[int] = (),
        remarks: Sequence[Remark] = (),
    ) -> SlideScore:
        names = ["Vessel: Equivocal" if i in equivocal else "Vessel: MVI" for i in range(9)]
        shapes = [(f"v{i}", names[i], square(i)) for i in range(len(distances))]
        rows: dict[str, dict[str, Any]] = {
            f"v{i}": {"n_tumour_cells": 9, "dist_edge_um": distance}
            for i, distance in enumerate(distances)
        }
        truth = save_truth([*shapes, ("t", "Tumour", box(0, 900, 90, 990))], name, **rows)
        vessels = [(square(i), p, 9) for i, p in scores.items()]
        return score_slide(save_outcome(vessels, (), name, remarks), truth)

    return make


def test_the_grades_follow_the_rule_of_the_guideline(scored: Callable[..., SlideScore]) -> None:
    """Six near vessels are M2a; five of them found are M1."""
    slide = scored([300.0] * 6, dict.fromkeys(range(5), 0.9))
    pair = grade_both([slide.as_graded()])
    assert (pair.true.grade, pair.proposed.grade) == ("M2a", "M1")
    assert pair.is_compared
    assert not pair.is_compatible
    assert pair.table[GRADES.index("M2a"), GRADES.index("M1")] == 1
    assert pair.table.sum() == 1


def test_a_case_counts_the_vessels_of_all_its_slides(scored: Callable[..., SlideScore]) -> None:
    slides = [
        scored([300.0] * 3, dict.fromkeys(range(3), 0.9), name).as_graded() for name in ("a", "b")
    ]
    pair = grade_both(slides)
    assert (pair.true.grade, pair.proposed.grade) == ("M2a", "M2a")
    assert grade_both(slides[:1]).true.grade == "M1"


def test_one_vessel_beyond_a_centimetre_is_m2b(scored: Callable[..., SlideScore]) -> None:
    assert grade_both([scored([300.0, 10_001.0], {}).as_graded()]).true.grade == "M2b"


def test_an_unknown_distance_is_undetermined_until_the_block_says_where_it_lay(
    scored: Callable[..., SlideScore],
) -> None:
    slide = scored([None], {0: 0.9})
    open_pair = grade_both([slide.as_graded()])
    assert not open_pair.true.is_determined
    assert open_pair.true.possible == ["M1", "M2b"]
    assert not open_pair.is_compared
    assert open_pair.is_compatible
    assert not open_pair.table.any()
    assert grade_both([slide.as_graded(Site.NEAR)]).true.grade == "M1"
    assert grade_both([slide.as_graded(Site.FAR)]).true.grade == "M2b"


def test_equivocal_veins_and_candidates_on_them_enter_neither_grade(
    scored: Callable[..., SlideScore],
) -> None:
    slide = scored([300.0, 300.0], {0: 0.9, 1: 0.9}, equivocal=[1])
    assert [vessel["p_mvi"] for vessel in slide.result.candidates] == [0.9, 0.9]
    pair = grade_both([slide.as_graded()])
    assert (pair.true.grade, pair.proposed.grade) == ("M1", "M1")
    only = scored([300.0], {0: 0.9}, "only", equivocal=[0])
    doubt = grade_both([only.as_graded()])
    assert (doubt.true.grade, doubt.proposed.grade) == ("M0", "M0")
    assert doubt.with_equivocal == ("M0", "M1")


def test_material_that_is_not_graded_stays_undetermined(scored: Callable[..., SlideScore]) -> None:
    remark = Remark(Code.BIOPSY, "warning", "Looks like a needle biopsy.")
    pair = grade_both([scored([300.0], {0: 0.9}, remarks=[remark]).as_graded()])
    assert pair.proposed.possible == list(GRADES)
    assert pair.proposed.reasons == ["Looks like a needle biopsy."]
    assert pair.is_compatible


def test_without_any_invaded_vessel_both_are_m0(scored: Callable[..., SlideScore]) -> None:
    pair = grade_both([scored([], {}).as_graded()])
    assert (pair.true.grade, pair.proposed.grade) == ("M0", "M0")
    assert pair.with_equivocal == ("M0",)


def test_json_tells_both_grades_and_what_they_leave_possible() -> None:
    system = SYSTEMS["NHC"]
    sure = Grade("NHC", system.version, "M1", ["M1"], ["r"])
    open_ = Grade("NHC", system.version, "undetermined", ["M1", "M2b"], ["r"])
    assert GradePair(sure, open_, ("M1", "M2a")).as_json() == {
        "grade_system": "NHC",
        "grade_true": "M1",
        "grade_true_possible": ["M1"],
        "grade_true_with_equivocal": ["M1", "M2a"],
        "grade_proposed": "undetermined",
        "grade_proposed_possible": ["M1", "M2b"],
    }


def test_a_case_without_slides_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one slide"):
        grade_both([])


def test_a_slide_alone_is_graded_as_its_own_result_proposes(analysed: Path, painted: Path) -> None:
    """Against a truth without anything to ignore, so that no candidate is set aside."""
    result = load_result(analysed)
    whole = load_reference(painted.with_suffix(".truth"))
    sure = replace(whole, vessels=tuple(v for v in whole.vessels if not v.is_ignored))
    tally = tally_slide(ResultFolder(analysed), result, sure)
    pair = grade_both([GradedSlide(result, sure, tally)])
    own = result.propose("NHC")
    assert (pair.proposed.grade, tuple(pair.proposed.possible)) == (own.grade, own.possible)
