from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import pathoflow.mvi
from pathoflow.mvi.findings import UNREVIEWED
from pathoflow.mvi.language import Text, phrase
from pathoflow.mvi.sentences import SENTENCES, grade_word, say

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("key", sorted(SENTENCES))
def test_every_sentence_holds_the_same_values_in_both_languages(key: str) -> None:
    text = SENTENCES[key]
    assert text.en
    assert not CHINESE.search(text.en + text.one)
    assert places(text.one or text.en) == places(text.en)
    # English alone may name the number of what Chinese calls by its site.
    assert places(text.zh) - places(text.en) == set()
    assert places(text.en) - places(text.zh) == set()
    assert CHINESE.search(text.zh) or not re.search(r"[a-z]{3}", re.sub(r"{\w+}", "", text.en))


def test_every_sentence_is_said_somewhere() -> None:
    room = Path(pathoflow.mvi.__file__).parent
    texts = [p.read_text("utf-8") for p in room.glob("*.py") if "sentences" not in p.name]
    code = "\n".join(texts)
    # Keys with a last part that is worked out are looked for by their beginning.
    made = ("near.", "far.", "open.", "border.", "side.", "grade.", "sampling.")
    silent = [k for k in SENTENCES if f'"{k}"' not in code and not k.startswith(made)]
    assert not silent


def test_grades_that_are_words_are_translated_and_symbols_are_not() -> None:
    assert say(grade_word("severe"), "zh") == "重度"
    assert say(grade_word("present, small vessel")) == "present, small vessel"
    assert grade_word("M2b") == "M2b"


def test_the_first_sentence_of_every_proposal_is_the_one_that_scripts_know() -> None:
    assert say(phrase("proposal.unreviewed")) == UNREVIEWED
    assert isinstance(SENTENCES["proposal.unreviewed"], Text)
