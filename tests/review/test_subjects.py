from __future__ import annotations

import pytest

from pathoflow.errors import ReviewRefused
from pathoflow.mvi import AddedVessel, Case, CaseSlide, CaseVessel, Site, Status
from pathoflow.review.actions import Action, Undo
from pathoflow.review.edits import SlideEdits
from pathoflow.review.material_actions import StateSite
from pathoflow.review.reading import Line
from pathoflow.review.reading_actions import CountCells, Link, Measure, Note, Verdict
from pathoflow.review.subjects import Subjects, require_known
from pathoflow.review.words import NoteOn

CASE = Case("C", (CaseSlide("A", vessels=(CaseVessel("v"),)),))

KNOWN = Subjects.of(CASE, [])


@pytest.mark.parametrize(
    "action",
    [
        Verdict(("v",), Status.ACCEPTED),
        Note(NoteOn.CASE, "", "text"),
        StateSite("A", Site.FAR),
        Measure("l", Line("A", (0, 0), (1, 1), 1.0)),
        Undo(1),
    ],
)
def test_what_the_case_has_may_be_named(action: Action) -> None:
    assert require_known(action, KNOWN) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    ("action", "missing"),
    [
        (Verdict(("v", "w"), Status.ACCEPTED), "no vessel w"),
        (CountCells("w", 3), "no vessel w"),
        (Link("v", "w"), "no vessel w"),
        (Note(NoteOn.VESSEL, "w", "text"), "no vessel w"),
        (Note(NoteOn.SLIDE, "B", "text"), "no slide B"),
        (StateSite("B", Site.FAR), "no slide B"),
        (Measure("l", Line("B", (0, 0), (1, 1), 1.0)), "no slide B"),
    ],
)
def test_what_it_does_not_have_is_refused(action: Action, missing: str) -> None:
    with pytest.raises(ReviewRefused, match=missing):
        require_known(action, KNOWN)


def test_what_was_drawn_is_known_and_what_was_taken_away_is_not() -> None:
    edits = SlideEdits(added=(AddedVessel("A", CaseVessel("new")),), removed=frozenset({"v"}))
    assert Subjects.of(CASE, [edits]) == Subjects("C", {"new"}, {"A"})
