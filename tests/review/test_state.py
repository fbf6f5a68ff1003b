from __future__ import annotations

from pathoflow.mvi import Status
from pathoflow.review.actions import Action, Amend, Sign, Undo
from pathoflow.review.entry import Entry, make_entry
from pathoflow.review.reading_actions import Complete, Draw, Verdict
from pathoflow.review.state import last_to_redo, last_to_undo, replay, signed_state, undone
from pathoflow.review.words import ReviewStage

YES, NO = Verdict(("v",), Status.ACCEPTED), Verdict(("v",), Status.REJECTED)


def entries(*actions: Action) -> list[Entry]:
    made: list[Entry] = []
    for action in actions:
        head = {"utc": "2026-03-01T12:00:00+00:00", "who": "Li", "before": None, "after": None}
        made.append(make_entry(head, action, made[-1] if made else None))
    return made


def test_an_undone_action_never_was_and_an_undone_undo_neither() -> None:
    some = entries(YES, NO, Undo(2))
    assert replay(some).first.on("v").verdict is Status.ACCEPTED
    again = entries(YES, NO, Undo(2), Undo(3))
    assert undone(again) == {3}
    assert replay(again).first.on("v").verdict is Status.REJECTED


def test_undo_walks_back_and_redo_walks_forth() -> None:
    some = entries(YES, NO, Complete(), Undo(3), Undo(2))
    last, first_redo = last_to_undo(some), last_to_redo(some)
    assert last is not None
    assert first_redo is not None
    assert (last.seq, first_redo.seq) == (1, 5)
    then = entries(YES, NO, Complete(), Undo(3), Undo(2), Undo(5))
    next_redo = last_to_redo(then)
    assert next_redo is not None
    assert next_redo.seq == 4
    # A new action closes the way forth.
    assert last_to_redo(entries(YES, Undo(1), NO)) is None


def test_nothing_is_undone_behind_a_signature() -> None:
    signed = entries(YES, Sign(1, {}, {}), Amend("more"))
    assert last_to_undo(signed) is None
    assert replay(signed).stage is ReviewStage.AMENDED
    one = signed_state(signed, 1)
    assert one is not None
    assert one.stage is ReviewStage.SIGNED
    assert signed_state(signed, 2) is None


def test_drawn_ids_keep_their_order_though_undone() -> None:
    some = entries(Draw("A", {"x": None}, {}), Draw("A", {"y": None}, {}), Undo(1))
    state = replay(some)
    assert list(state.drawn) == ["x", "y"]
    assert state.first.outlines == {"A": {"y": None}}


def test_who_took_everything_back_has_begun_all_the_same() -> None:
    state = replay(entries(YES, Undo(1)))
    assert state.stage is ReviewStage.IN_REVIEW
    assert state.first_readers == ("Li",)
    assert not replay([]).is_begun
