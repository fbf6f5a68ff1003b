from __future__ import annotations

import re

import pytest

from pathoflow.errors import ReviewCode, ReviewRefused
from pathoflow.mvi import Status
from pathoflow.review.actions import Action, Amend, AskSecond, FinishSecond, Sign, Undo
from pathoflow.review.entry import Entry, make_entry
from pathoflow.review.material_actions import ConfirmTumour
from pathoflow.review.reading_actions import Complete, Verdict
from pathoflow.review.rules import require_allowed
from pathoflow.review.state import replay

YES = Verdict(("v",), Status.ACCEPTED)
SIGN = Sign(1, {}, {})


def entries(*actions: tuple[str, Action]) -> list[Entry]:
    made: list[Entry] = []
    for who, action in actions:
        head = {"utc": "2026-03-01T12:00:00+00:00", "who": who, "before": None, "after": None}
        made.append(make_entry(head, action, made[-1] if made else None))
    return made


BEGUN = entries(("Li", YES), ("Li", Complete()))
ASKED = entries(("Li", YES), ("Li", Complete()), ("Li", AskSecond("Wu")))
SIGNED = entries(("Li", YES), ("Li", SIGN))


def refuse(action: Action, who: str, before: list[Entry]) -> ReviewRefused:
    with pytest.raises(ReviewRefused) as refused:
        require_allowed(action, who, replay(before), before)
    return refused.value


@pytest.mark.parametrize(
    ("action", "who", "before"),
    [
        (YES, "Li", []),
        (AskSecond("Wu"), "Li", BEGUN),
        (YES, "Wu", ASKED),
        (FinishSecond(), "Wu", ASKED),
        (Amend("more"), "Li", SIGNED),
        (Undo(1), "Li", BEGUN),
    ],
)
def test_the_path_is_open(action: Action, who: str, before: list[Entry]) -> None:
    require_allowed(action, who, replay(before), before)
    assert replay(before).stage != "stale"


@pytest.mark.parametrize(
    ("action", "who", "before", "said"),
    [
        (YES, " ", [], "needs the name of its reader"),
        (YES, "Li", SIGNED, "was signed by Li .* as version 1 and is locked"),
        (Undo(1), "Li", SIGNED, "locked"),
        (Amend(""), "Li", SIGNED, "only with a written reason"),
        (Amend("x"), "Li", BEGUN, "is not signed"),
        (YES, "Li", ASKED, "being read by Wu as second reader"),
        (ConfirmTumour("A"), "Wu", ASKED, "settled by the first reader"),
        (SIGN, "Wu", ASKED, "in its second reading"),
        (AskSecond("Li"), "Li", BEGUN, "somebody else"),
        (AskSecond("Wu"), "Li", BEGUN[:1], "not complete"),
        (FinishSecond(), "Li", BEGUN, "nobody is reading"),
        (Undo(9), "Li", BEGUN, "no action 9"),
        (Undo(2), "Wu", ASKED, "settled by a signature or a finished reading"),
    ],
)
def test_everything_else_is_refused_in_a_sentence(
    action: Action, who: str, before: list[Entry], said: str
) -> None:
    assert re.search(said, str(refuse(action, who, before)))


def test_the_codes_tell_why() -> None:
    assert refuse(YES, "Li", SIGNED).code is ReviewCode.CASE_SIGNED
    assert refuse(YES, "Li", ASKED).code is ReviewCode.READER_BLINDED
    assert refuse(Undo(9), "Li", BEGUN).code is ReviewCode.REVIEW_REFUSED


def test_an_action_is_undone_once() -> None:
    before = entries(("Li", YES), ("Li", Undo(1)))
    assert "undone already" in str(refuse(Undo(1), "Li", before))
