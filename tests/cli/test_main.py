"""``python -m pathoflow.cli``."""

from __future__ import annotations

import runpy
import sys

import pytest

import pathoflow as package


def test_the_module_runs_as_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["pathoflow", "--version"])
    with pytest.raises(SystemExit) as end:
        runpy.run_module("pathoflow.cli", run_name="__main__")
    assert not end.value.code
    assert capsys.readouterr().out == f"{package.__version__}\n"
