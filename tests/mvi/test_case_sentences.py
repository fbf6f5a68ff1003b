from __future__ import annotations

from pathoflow.mvi.case_sentences import CASE_TEXTS
from pathoflow.mvi.language import phrase
from pathoflow.mvi.sentences import SENTENCES, say
from pathoflow.mvi.site import Site


def test_they_are_part_of_the_sentences_of_grading() -> None:
    assert CASE_TEXTS.items() <= SENTENCES.items()


def test_every_site_of_the_protocol_has_its_sentence() -> None:
    for site in (Site.INTERFACE, Site.TUMOUR_CENTRE, Site.NEAR, Site.FAR):
        sentence = phrase(f"sampling.{site}", n=1, found=3, lost="")
        assert say(sentence).endswith("missing (3 of 4 there)." if site is Site.INTERFACE else ".")
        assert say(sentence, "zh").startswith("缺")
