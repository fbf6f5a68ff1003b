"""The frame of the command: help, version, and how an error ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import pathoflow as package
from pathoflow.errors import EnvironmentFault, MppUnknown, NoSpace, UsageError

COMMANDS = (
    "demo", "info", "run", "report", "grade", "score", "doctor", "train",
    "phantom", "phantom make", "phantom sheet", "networks", "networks list", "networks show", "networks verify",
)  # fmt: skip


@pytest.mark.parametrize("command", ["", *COMMANDS])
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_explains_itself(
    pathoflow: Callable[..., Any], command: str, option: str
) -> None:
    said = pathoflow(*command.split(), option)
    assert said.code == 0
    assert f"pathoflow {command}".strip() in said.out
    assert said.err == ""


def test_the_help_names_every_command(pathoflow: Callable[..., Any]) -> None:
    out = pathoflow("--help").out
    assert all(command.split()[0] in out for command in COMMANDS)


def test_the_version_is_that_of_the_package(pathoflow: Callable[..., Any]) -> None:
    said = pathoflow("--version")
    assert (said.code, said.out) == (0, f"{package.__version__}\n")


@pytest.mark.parametrize(
    "words",
    [("analyse",), ("grade",), ("grade", "--colour"), ("run", "slide.tiff")],
    ids=["unknown command", "missing argument", "unknown option", "missing option"],
)
def test_a_wrong_call_is_one_line_that_points_to_the_help(
    refused: Callable[..., str], words: tuple[str, ...]
) -> None:
    assert "pathoflow --help" in refused(*words)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("this was wrong"), 2),
        (EnvironmentFault("this is lacking"), 3),
        (NoSpace("the disk is full"), 3),
        (MppUnknown("no scale"), 1),
    ],
)
def test_an_error_is_one_sentence_and_its_exit_code(
    pathoflow: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, error: Exception, code: int
) -> None:
    _fail_with(monkeypatch, error)
    said = pathoflow("networks", "list")
    assert said.code == code
    assert said.err.startswith(f"pathoflow: {error}")
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err


def test_a_stable_code_follows_the_sentence(
    pathoflow: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    _fail_with(monkeypatch, MppUnknown("no scale"))
    assert pathoflow("networks", "list").err == "pathoflow: no scale (MPP_MISSING)\n"


def test_a_fault_of_our_own_is_one_sentence_too(
    pathoflow: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    _fail_with(monkeypatch, ZeroDivisionError("by zero"))
    said = pathoflow("networks", "list")
    assert said.code == 1
    assert "a fault of pathoflow itself (ZeroDivisionError: by zero)" in said.err
    assert said.err.count("\n") == 1


def test_an_interrupted_command_says_how_to_go_on(
    pathoflow: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    _fail_with(monkeypatch, KeyboardInterrupt())
    said = pathoflow("networks", "list")
    assert said.code == 130
    assert "run the same command again" in said.err


@pytest.mark.parametrize(
    "words", [("--debug", "networks", "list"), ("networks", "list", "--debug")]
)
def test_debug_shows_the_traceback_wherever_it_stands(
    pathoflow: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    _fail_with(monkeypatch, UsageError("this was wrong"))
    said = pathoflow(*words)
    assert said.code == 2
    assert "Traceback" in said.err
    assert said.err.endswith("pathoflow: this was wrong\n")


def _fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("pathoflow.networks.list_networks", fail)
