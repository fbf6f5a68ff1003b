"""Words in both languages."""

from __future__ import annotations

import re

import pytest

from napari_pathoflow.texts import TEXTS, Words
from pathoflow.mvi.language import Phrase, phrase

PLACES = re.compile(r"{(\w+)}")


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_both_languages_say_the_same_values(key: str) -> None:
    text = TEXTS[key]
    assert set(PLACES.findall(text.en)) == set(PLACES.findall(text.zh))
    if text.one:
        assert set(PLACES.findall(text.one)) == set(PLACES.findall(text.en))


def test_a_word_is_said_in_the_chosen_language() -> None:
    assert Words("en")("gallery.progress", done=3, n=50) == "3 of 50 reviewed"
    assert Words("zh")("gallery.progress", done=3, n=50) == "已复核 3 / 50"
    assert Words("en")("worklist.points", n=1) == "1 site missing"


def test_words_of_newer_versions_are_said_as_they_are() -> None:
    assert Words("zh")("flag.torn_edge") == "torn edge"


def test_sentences_of_grading_are_said_too() -> None:
    assert Words("en").say("as it is") == "as it is"
    assert isinstance(phrase("left_out", n=2), Phrase)
    assert "2" in Words("zh").say(phrase("left_out", n=2))
