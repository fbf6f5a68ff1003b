"""The command as a person calls it, without a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from pathoflow.cli import main


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


@pytest.fixture
def pathoflow(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Said]:
    """Call the command with these words."""
    # Set first, so that what --debug leaves in the environment is taken back after the test.
    monkeypatch.setenv("PATHOFLOW_DEBUG", "")

    def call(*words: object) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(word) for word in words])
        said = capsys.readouterr()
        return Said(int(end.value.code or 0), said.out, said.err)

    return call


@pytest.fixture
def refused(pathoflow: Callable[..., Said]) -> Callable[..., str]:
    """Call the command wrongly: exit code 2 and one line on standard error, which is given back."""

    def call(*words: object) -> str:
        said = pathoflow(*words)
        assert said.code == 2
        assert said.out == ""
        assert said.err.startswith("pathoflow: ")
        assert said.err.count("\n") == 1
        return said.err

    return call
