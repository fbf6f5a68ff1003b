from __future__ import annotations

import pytest

from pathoflow.errors import UsageError
from pathoflow.review import ReviewStage, read_worklist
from pathoflow.testing.cases import MadeCase
from pathoflow.testing.results import made_vessel_id, save_made_result
from tests.review.conftest import NEAR


def test_every_case_and_every_slide_without_one_is_on_the_list(made: MadeCase) -> None:
    made.slide("A", [NEAR.but(p_mvi=0.6)] * 3)
    made.slide(
        "B", status="failed", codes=[{"code": "NO_TISSUE", "severity": "error", "message": "x"}]
    )
    case = made.write()
    save_made_result(made.out, "Z", [NEAR])
    alone, joined = read_worklist(made.out)
    assert (alone.case, alone.stage, alone.n_slides) == ("Z", ReviewStage.READY, 1)
    assert (joined.case, joined.stage, joined.n_failed) == ("C-17", ReviewStage.QC_FAILED, 1)
    assert joined.needs_attention
    case.review.accept(made_vessel_id("A", 0))
    joined = read_worklist(made.out)[1]
    assert (joined.n_reviewed, joined.n_candidates) == (1, 3)
    assert joined.holder is not None
    assert joined.holder.who == "Li"


def test_a_case_that_cannot_be_opened_stays_on_the_list_with_its_reason(made: MadeCase) -> None:
    made.slide("A")
    made.write()
    made.folder.review_jsonl.write_text("{}\n")
    (row,) = [row for row in read_worklist(made.out) if row.problem]
    assert (row.stage, row.needs_attention) == (None, True)
    assert "line 1" in row.problem


def test_an_empty_folder_is_told(made: MadeCase) -> None:
    with pytest.raises(UsageError, match="neither a case nor a result"):
        read_worklist(made.out)
