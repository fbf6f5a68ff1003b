"""A sentence with a stable code: what blocks a case, what must be known about it."""

from __future__ import annotations

from dataclasses import dataclass

from pathoflow.mvi.language import Language, Phrase
from pathoflow.mvi.sentences import say


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence that scripts can tell from others by its code; printed, it is English."""

    sentence: Phrase

    @property
    def code(self) -> str:
        """A stable word, such as ``failed_slide``."""
        return self.sentence.key.rpartition(".")[2]

    def say(self, language: Language) -> str:
        """The sentence in one language."""
        return say(self.sentence, language)

    def __str__(self) -> str:
        return self.say("en")
