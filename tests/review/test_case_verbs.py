from __future__ import annotations

import pytest

from pathoflow.errors import ReviewRefused
from pathoflow.mvi import Site
from pathoflow.testing.cases import MadeCase
from pathoflow.testing.results import made_vessel_id
from tests.review.conftest import NEAR

ERROR = {"code": "OOD_STAIN", "severity": "error", "message": "Looks like CD34."}
BIOPSY = {"code": "BIOPSY", "severity": "warning", "message": "Not gradable."}


def test_a_failed_slide_is_excused_with_a_reason_and_taken_in_again(made: MadeCase) -> None:
    made.slide("A", [NEAR])
    made.slide("B", codes=[ERROR], status="failed")
    case = made.write()
    with pytest.raises(ReviewRefused, match="written reason"):
        case.review.excuse("B", " ")
    with pytest.raises(ReviewRefused, match="in order and cannot be excused"):
        case.review.excuse("A", "too large")
    case.review.excuse("B", "is the CD34")
    assert "failed_slide" not in [note.code for note in case.blockers]
    case.review.withdraw_excuse("B")
    assert "failed_slide" in [note.code for note in case.blockers]


def test_codes_that_forbid_a_grade_are_overruled_in_writing(made: MadeCase) -> None:
    made.slide("A", [NEAR], codes=[BIOPSY], status="ok_with_warnings")
    case = made.write()
    case.review.accept(made_vessel_id("A", 0))
    case.review.complete()
    assert case.refusals
    case.review.overrule("A", "a wedge")
    assert case.grade().grade == "M1"
    case.review.withdraw_overrule("A")
    assert case.refusals


def test_sites_and_burden_reach_the_case(made: MadeCase) -> None:
    made.slide("A", [NEAR], site="")
    case = made.write()
    case.review.state_site("A", "margin")
    case.review.state_burden(largest_um=30_000.0, n_tumours=1)
    assert case.stated_slides[0].site is Site.MARGIN
    assert case.burden.largest_um == 30_000.0
    with pytest.raises(ValueError, match="nowhere"):
        case.review.state_site("A", "nowhere")


def test_nothing_is_redone_that_was_not_undone(made: MadeCase) -> None:
    made.slide("A", [NEAR])
    case = made.write()
    for verb in (case.review.undo, case.review.redo):
        with pytest.raises(ReviewRefused, match="nothing of C-17"):
            verb()
    case.review.complete()
    case.review.complete(False)
    case.review.undo()
    assert case.is_complete
    case.review.redo()
    assert not case.is_complete
