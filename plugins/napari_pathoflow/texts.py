"""Every word of the plugin, in English and in Chinese; what the reports say already is said as they say it."""

from __future__ import annotations

from napari_pathoflow.texts_keys import KEY_TEXTS
from napari_pathoflow.texts_review import REVIEW_TEXTS
from napari_pathoflow.texts_work import WORK_TEXTS
from pathoflow.mvi import Language
from pathoflow.mvi.language import Catalogue, Phrase, Sentence
from pathoflow.mvi.sentences import say
from pathoflow.report.texts import TEXTS as REPORT_TEXTS

TEXTS = Catalogue({**REPORT_TEXTS, **REVIEW_TEXTS, **WORK_TEXTS, **KEY_TEXTS})


class Words:
    """The table of texts in one language.

    >>> Words("en")("gallery.progress", done=3, n=50)
    '3 of 50 reviewed'
    """

    def __init__(self, language: Language = "en") -> None:
        self.language: Language = language

    def __call__(self, key: str, **values: object) -> str:
        """A text; a stored word that the table does not know is said as it is.

        Raises
        ------
        KeyError
            A value is missing.
        """
        if key not in TEXTS:
            return key.partition(".")[2].replace("_", " ") or key
        return TEXTS.say(Phrase(key, values), self.language)

    def say(self, sentence: Sentence) -> str:
        """A sentence of grading."""
        return say(sentence, self.language)
