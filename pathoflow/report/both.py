"""A text in every language of the report; the page holds all of them and shows one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from pathoflow.mvi.language import Phrase, Sentence
from pathoflow.mvi.sentences import say
from pathoflow.report.texts import TEXTS


@dataclass(frozen=True, slots=True)
class Both:
    """The same text in English and in Chinese; a template that prints it prints both, each marked with its language."""

    en: str
    zh: str

    def __html__(self) -> str:
        if self.en == self.zh:
            return Markup.escape(self.en)
        return Markup('<span lang="en">{}</span><span lang="zh">{}</span>').format(self.en, self.zh)

    def __str__(self) -> str:
        return self.en

    def map(self, change: Callable[[str], str]) -> Both:
        """Both texts changed in the same way."""
        return Both(change(self.en), change(self.zh))


def same(text: str) -> Both:
    """Numbers, names and other people's words: the same in both languages."""
    return Both(text, text)


def both(key: str, **values: object) -> Both:
    """A text of the report; values may be in both languages themselves.

    Raises
    ------
    KeyError
        There is no such text.
    """
    en = {name: value.en if isinstance(value, Both) else value for name, value in values.items()}
    zh = {name: value.zh if isinstance(value, Both) else value for name, value in values.items()}
    return Both(TEXTS.say(Phrase(key, en), "en"), TEXTS.say(Phrase(key, zh), "zh"))


def both_of(sentence: Sentence) -> Both:
    """A sentence of grading in both languages."""
    return Both(say(sentence, "en"), say(sentence, "zh"))


def word(group: str, name: object) -> Both:
    """A stored word such as ``tumour_centre`` in plain letters; words of newer versions stay as they are."""
    key = f"{group}.{name}"
    return both(key) if key in TEXTS else same(str(name).replace("_", " "))


def join(parts: list[Both], comma_en: str = "; ", comma_zh: str = "；") -> Both:  # noqa: RUF001
    """Several texts one after the other."""
    return Both(comma_en.join(p.en for p in parts), comma_zh.join(p.zh for p in parts))
