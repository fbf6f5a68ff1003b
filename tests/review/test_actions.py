from __future__ import annotations

from pathoflow.review.actions import Amend, Sign, Undo
from pathoflow.review.plain import KINDS
from pathoflow.review.reading_actions import Verdict


def test_every_action_has_a_name_of_its_own() -> None:
    names = [kind.__name__ for kind in KINDS.values()]
    assert len(set(names)) == len(names) == 25
    assert all(kind.what == name for name, kind in KINDS.items())


def test_steps_of_the_path_cannot_be_undone_and_words_can() -> None:
    assert not Sign.is_undoable
    assert not Amend.is_undoable
    assert Undo.is_undoable
    assert Verdict.is_undoable
