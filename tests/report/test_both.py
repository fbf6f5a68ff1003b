from __future__ import annotations

import pytest
from markupsafe import escape

from pathoflow.mvi.language import phrase
from pathoflow.report.both import Both, both, both_of, join, same, word


def test_a_template_prints_both_languages_each_marked_and_escaped() -> None:
    assert escape(Both("a < b", "甲<乙")) == (
        '<span lang="en">a &lt; b</span><span lang="zh">甲&lt;乙</span>'
    )
    assert escape(same("</style>")) == "&lt;/style&gt;"
    assert str(Both("a", "b")) == "a"


def test_values_may_be_in_both_languages_themselves() -> None:
    said = both(
        "case.area", candidates=both("case.candidates", n=1), area="2 cm²", excluded="0 cm²"
    )
    assert said.en == "1 candidate on 2 cm² of tissue, 0 cm² excluded."
    assert "候选 1 个" in said.zh
    with pytest.raises(KeyError):
        both("no.such.text")


def test_sentences_of_grading_are_said_in_both() -> None:
    assert both_of(phrase("left_out", n=2)) == Both(
        "2 vessels inside the tumour were left out of the count.", "肿瘤内的 2 个血管未计入。"
    )
    assert both_of("Somebody's own words.") == same("Somebody's own words.")


def test_stored_words_are_translated_and_new_ones_stay_readable() -> None:
    assert word("kind", "artery") == Both("artery", "肝动脉分支")
    assert word("kind", "bile_duct") == same("bile duct")


def test_several_texts_are_joined_and_changed_together() -> None:
    assert join([Both("a", "x"), Both("b", "y")], ", ", "、") == Both("a, b", "x、y")
    assert Both("a", "x").map(str.upper) == Both("A", "X")
