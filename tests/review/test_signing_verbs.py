from __future__ import annotations

import pytest

from pathoflow.errors import ReviewRefused
from pathoflow.review.signing_verbs import checklist_of
from pathoflow.testing.cases import MadeCase
from pathoflow.testing.results import made_vessel_id, save_made_result
from tests.review.conftest import NEAR

V = made_vessel_id("A", 0)


def test_the_checklist_closes_row_by_row(made: MadeCase) -> None:
    made.slide("A", [NEAR] * 6)
    case = made.write()
    names = [v.id for v in case.vessels]

    def still_open() -> list[str]:
        return [row.name for row in case.review.checklist() if not row.is_done]

    case.review.accept(names[:5])
    assert still_open() == ["reading", "tumour", "grade"]
    case.review.uncertain(names[5])
    case.review.complete()
    assert still_open() == ["tumour", "grade"]
    case.review.confirm_tumour("A")
    (row,) = [row for row in case.review.checklist() if not row.is_done]
    assert (row.name, row.possible) == ("grade", ("M1", "M2a"))
    with pytest.raises(ReviewRefused, match="The grade is open: M1 or M2a"):
        case.review.sign()
    case.review.reject(names[5], "rbc")
    assert still_open() == []
    assert [row.name for row in checklist_of(case.now)] == [
        "slides",
        "reading",
        "tumour",
        "sites",
        "grade",
    ]


def test_an_unread_second_reading_is_not_finished(made: MadeCase) -> None:
    made.slide("A", [NEAR])
    case = made.write()
    with pytest.raises(ReviewRefused, match="nobody has read"):
        case.review.conflicts()
    case.review.accept(V)
    case.review.complete()
    case.review.ask_second("Wu")
    with pytest.raises(ReviewRefused, match="not done"):
        case.review.finish_second(by="Wu")
    case.review.accept(V, by="Wu")
    case.review.complete(by="Wu")
    case.review.finish_second(by="Wu")
    assert case.review.conflicts() == case.review.open_conflicts() == ()
    assert case.review.agreement().n == 1


def test_a_result_that_changed_under_the_reader_is_not_signed(made: MadeCase) -> None:
    made.slide("A", [NEAR])
    case = made.write()
    case.review.accept(V)
    case.review.confirm_tumour("A")
    case.review.complete()
    save_made_result(made.out, "A", [NEAR.but(n_cells=70)])
    with pytest.raises(ReviewRefused, match="has changed since the review began"):
        case.review.sign()
    assert case.review.versions == ()
