"""Sentences as data, so that the same reason can be said in English and in Chinese.

    Phrase("count.vessels", {"n": 3})  ── say(..., "en") ──> 3 invaded vessels
                                       ── say(..., "zh") ──> 受侵血管 3 个

A phrase names a text and the values in it; it is put into words only where somebody reads it. Values may be
phrases themselves, a tuple of clauses, or `AnyOf` several things. Plain strings are somebody's own words and are
said as they are in every language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

_COMMA: dict[Language, str] = {"en": ", ", "zh": "，"}  # noqa: RUF001
_LISTED: dict[Language, tuple[str, str]] = {"en": (", ", " or "), "zh": ("、", " 或 ")}


@dataclass(frozen=True, slots=True)
class Text:
    """One text in every language, with places for values as `str.format` writes them."""

    en: str
    zh: str
    #: The English of exactly one, where the value ``n`` counts; Chinese has no plural.
    one: str = ""

    def template(self, language: Language, n: object = None) -> str:
        """The words of one language; ``n`` chooses the English number."""
        if language == "zh":
            return self.zh
        return self.one if self.one and n == 1 else self.en


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Several things of which one is meant: ``M1, M2a or M2b``."""

    words: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text by its key, with the values that stand in it."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


#: What can be said: a phrase, or somebody's own words.
Sentence: TypeAlias = Phrase | str


def phrase(key: str, **values: object) -> Phrase:
    """A phrase, spelt shortly."""
    return Phrase(key, values)


class Catalogue(dict[str, Text]):
    """Texts by key."""

    def say(self, sentence: Sentence, language: Language = "en") -> str:
        """Put a sentence into words.

        Raises
        ------
        KeyError
            There is no such text, or a value for it is missing.
        """
        if isinstance(sentence, str):
            return sentence
        template = self[sentence.key].template(language, sentence.values.get("n"))
        values = {name: self._spoken(value, language) for name, value in sentence.values.items()}
        return template.format(**values)

    def say_all(self, sentences: Sequence[Sentence], language: Language = "en") -> list[str]:
        """Put several sentences into words, one by one."""
        return [self.say(sentence, language) for sentence in sentences]

    def _spoken(self, value: object, language: Language) -> object:
        match value:
            case Phrase():
                return self.say(value, language)
            case tuple():
                return _COMMA[language].join(str(self._spoken(one, language)) for one in value)
            case AnyOf(words):
                spoken = [self.say(word, language) for word in words]
                comma, last = _LISTED[language]
                start = comma.join(spoken[:-1])
                return start + last + spoken[-1] if start else "".join(spoken)
        return value
