# ruff: noqa: RUF001  (Chinese has its own commas)
from __future__ import annotations

import pytest

from pathoflow.mvi.language import AnyOf, Catalogue, Text, phrase

CATALOGUE = Catalogue(
    {
        "cats": Text("{n} cats", "{n}只猫", one="{n} cat"),
        "seen": Text("{things}: {verdict}.", "{things}：{verdict}。"),
    }
)


def test_english_counts_one_and_many_and_chinese_does_not() -> None:
    assert [CATALOGUE.say(phrase("cats", n=n)) for n in (0, 1, 2)] == ["0 cats", "1 cat", "2 cats"]
    assert [CATALOGUE.say(phrase("cats", n=n), "zh") for n in (1, 2)] == ["1只猫", "2只猫"]


def test_clauses_and_choices_are_joined_as_each_language_does() -> None:
    clauses = (phrase("cats", n=1), phrase("cats", n=3))
    sentence = phrase("seen", things=clauses, verdict=AnyOf(("a", "b", "c")))
    assert CATALOGUE.say(sentence) == "1 cat, 3 cats: a, b or c."
    assert CATALOGUE.say(sentence, "zh") == "1只猫，3只猫：a、b 或 c。"
    assert CATALOGUE.say(phrase("seen", things="x", verdict=AnyOf(("a",)))) == "x: a."


def test_words_of_others_are_said_as_they_are() -> None:
    assert CATALOGUE.say_all(["{not} a template", phrase("cats", n=2)], "zh") == [
        "{not} a template",
        "2只猫",
    ]


def test_a_text_or_a_value_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        CATALOGUE.say(phrase("dogs"))
    with pytest.raises(KeyError):
        CATALOGUE.say(phrase("cats"))
