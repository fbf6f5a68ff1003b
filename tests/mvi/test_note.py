from __future__ import annotations

from pathoflow.mvi.language import phrase
from pathoflow.mvi.note import Note


def test_a_note_has_a_code_and_speaks_either_language() -> None:
    note = Note(phrase("blocker.missing_slide", slide="B3"))
    assert note.code == "missing_slide"
    assert str(note) == (
        "Slide B3 is expected and not analysed: analyse it, or excuse it in writing."
    )
    assert note.say("zh").startswith("切片 B3 在列但尚未分析")
