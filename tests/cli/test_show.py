"""Bars on a terminal, plain lines in a pipe."""

from __future__ import annotations

import sys

import pytest

from pathoflow.cli.show import _Bars, _progress, shown_share, shown_steps
from pathoflow.pipeline import Step
from pathoflow.pipeline.progress import DONE


def test_a_pipe_gets_one_plain_line_per_step(capsys: pytest.CaptureFixture[str]) -> None:
    with shown_steps() as on_step:
        for done in range(5):
            on_step(Step("liver", "vessels", done, 4))
        on_step(Step("liver", "findings"))
        on_step(Step("spleen", "findings"))
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "liver: vessels 0 of 4",
        "liver: findings",
        "spleen: findings",
    ]


def test_a_long_step_speaks_again_after_a_while(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter([0.0, 9.0, 11.0, 12.0])
    monkeypatch.setattr("time.monotonic", lambda: next(seconds))
    with shown_steps() as on_step:
        for done in range(4):
            on_step(Step("liver", "vessels", done, 4))
    monkeypatch.undo()
    assert capsys.readouterr().err.splitlines() == [
        "liver: vessels 0 of 4",
        "liver: vessels 2 of 4",
    ]


def test_slides_that_take_turns_do_not_repeat_themselves(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with shown_steps() as on_step:
        for done in range(3):
            on_step(Step("liver", "vessels", done, 4))
            on_step(Step("spleen", "vessels", done, 4))
        on_step(Step("liver", DONE))
        on_step(Step("liver", "vessels", 0, 4))
    assert capsys.readouterr().err.splitlines() == [
        "liver: vessels 0 of 4",
        "spleen: vessels 0 of 4",
        "liver: vessels 0 of 4",
    ]


def test_a_terminal_shows_a_bar_for_each_slide_that_is_under_way() -> None:
    with _progress() as progress:
        on_step = _Bars(progress)
        on_step(Step("liver", "vessels", 1, 4))
        on_step(Step("spleen", "networks", 2, 9))
        on_step(Step("liver", "cells", 3, 5))
        shown = [(task.description, task.completed, task.total) for task in progress.tasks]
        assert shown == [("liver: cells", 3, 5), ("spleen: networks", 2, 9)]
        on_step(Step("liver", DONE))
        on_step(Step("unheard of", DONE))
        assert [task.description for task in progress.tasks] == ["spleen: networks"]


def test_a_share_is_told_in_hundredths(capsys: pytest.CaptureFixture[str]) -> None:
    with shown_share("liver.tiff") as on_share:
        on_share(0.25)
    assert capsys.readouterr().err == "liver.tiff: painting 25 of 100\n"


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with shown_steps(is_quiet=True) as on_step:
        on_step(Step("liver", "vessels", 1, 4))
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


def test_a_terminal_gets_bars_and_the_answers_stay_on_standard_output(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with shown_steps() as on_step:
        on_step(Step("liver", "vessels", 1, 4))
        print("the answer")  # noqa: T201
    said = capsys.readouterr()
    assert said.out == "the answer\n"
    assert "liver: vessels 1 of 4" not in said.err
