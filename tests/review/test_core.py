from __future__ import annotations

import getpass

import pytest

from pathoflow.errors import ReviewRefused
from pathoflow.mvi import Role
from pathoflow.mvi.case_json import case_as_json
from pathoflow.review import ReviewStage
from pathoflow.store import write_case_file
from pathoflow.testing.cases import MadeCase
from pathoflow.testing.results import made_vessel_id
from tests.review.conftest import NEAR

V = made_vessel_id("A", 0)


def test_reading_takes_no_lock_and_writes_nothing(made: MadeCase) -> None:
    made.slide("A", [NEAR])
    case = made.write()
    before = sorted(path.name for path in made.folder.path.iterdir())
    assert case.review.stage is ReviewStage.READY
    assert case.review.is_read_only
    assert case.decisions is None
    assert sorted(path.name for path in made.folder.path.iterdir()) == before


def test_the_first_action_notes_the_slides_and_takes_the_right_to_write(made: MadeCase) -> None:
    made.slide("A", [NEAR])
    case = made.write("")
    case.review.accept(V)
    assert not case.review.is_read_only
    assert [(e.action.what, e.who) for e in case.review.journal.entries] == [
        ("slides", getpass.getuser()),
        ("verdict", getpass.getuser()),
    ]
    assert set(case.review.state.prints) == {"A"}
    with made.open().review as other:
        assert not other.open("Wu")
        assert "is being reviewed by" in other.why_read_only
    case.review.close()
    with made.open().review as other:
        assert other.open("Wu")


def test_a_slide_that_is_analysed_later_joins_the_journal(made: MadeCase) -> None:
    made.slide("A", [NEAR])
    case = made.write()
    case.review.accept(V)
    case.close()
    made.slide("B", [NEAR])
    case = made.write()
    assert [v.role for v in case.vessels] == [Role.COUNTED, Role.UNSEEN]
    case.review.accept(made_vessel_id("B", 0))
    assert set(case.review.state.prints) == {"A", "B"}


@pytest.mark.parametrize(
    ("statuses", "stage"),
    [
        (["ok"], ReviewStage.READY),
        (["ok", "failed"], ReviewStage.QC_FAILED),
        (["ok_with_warnings", "excluded"], ReviewStage.READY),
    ],
)
def test_before_anybody_begins_the_slides_say_the_stage(
    made: MadeCase, statuses: list[str], stage: ReviewStage
) -> None:
    for number, status in enumerate(statuses):
        error = [{"code": "NO_TISSUE", "severity": "error", "message": "Empty."}]
        made.slide(f"S{number}", status=status, codes=error if status == "failed" else [])
    assert made.write().review.stage is stage


def test_strange_vessels_are_refused_and_nothing_is_written(made: MadeCase) -> None:
    made.slide("A", [NEAR])
    case = made.write()
    with pytest.raises(ReviewRefused, match="C-17 has no vessel strange"):
        case.review.accept("strange")
    assert not made.folder.review_jsonl.exists()


def test_decisions_of_a_script_are_not_lost_under_a_journal(made: MadeCase) -> None:
    from pathoflow.mvi import Decisions

    made.slide("A", [NEAR])
    case = made.write()
    write_case_file(
        made.folder, case_as_json(case.decide(Decisions(complete=True)), {"pathoflow": "0"})
    )
    with pytest.raises(ReviewRefused, match="made without a journal"):
        made.open().review.accept(V)


def test_outlines_are_the_machines_with_the_drawn_ones_in_place(mapped: MadeCase) -> None:
    case = mapped.write()
    name = case.review.draw("A", [(100, 100), (100, 200), (200, 200), (200, 100)])
    case.review.delete(V)
    assert set(case.review.outlines("A")) == {made_vessel_id("A", 1), made_vessel_id("A", 2), name}


def test_the_log_of_a_vessel_holds_what_names_it(made: MadeCase) -> None:
    made.slide("A", [NEAR] * 2)
    case = made.write()
    other = made_vessel_id("A", 1)
    case.review.accept(V)
    case.review.accept(other)
    case.review.link(V, other)
    assert [e.action.what for e in case.review.log(V)] == ["verdict", "link"]
    assert len(case.review.log()) == 4
