from __future__ import annotations

import pytest

from pathoflow.errors import Code
from pathoflow.report.advice import advise


@pytest.mark.parametrize("code", list(Code))
def test_every_code_has_a_sentence_of_advice(code: Code) -> None:
    assert advise(str(code)).endswith(".")
    assert advise(str(code)) != advise("UNHEARD_OF")


def test_codes_to_come_are_no_error() -> None:
    assert advise("UNHEARD_OF") == "See the message."


def test_advice_never_sounds_like_a_verdict() -> None:
    for code in Code:
        assert not {"diagnose", "rule out", "autonomous"} & set(advise(str(code)).lower().split())
