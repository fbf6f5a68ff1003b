"""One sentence on standard error, and the traceback only on request."""

from __future__ import annotations

import pytest

from pathoflow.cli.sentence import say, say_where


def test_a_message_is_one_line_whatever_line_ends_it_has(
    capsys: pytest.CaptureFixture[str],
) -> None:
    say("first\n  second\r\nthird")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "pathoflow: first second third\n")


@pytest.mark.parametrize(("debug", "is_shown"), [("", False), ("1", True)])
def test_where_it_happened_is_told_on_request(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    debug: str,
    is_shown: bool,
) -> None:
    monkeypatch.setenv("PATHOFLOW_DEBUG", debug)
    say_where(ValueError("here"))
    assert ("ValueError: here" in capsys.readouterr().err) is is_shown
