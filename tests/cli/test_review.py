from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pathoflow.cli import main
from pathoflow.testing.cases import MadeCase


def call(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    said = capsys.readouterr()
    return int(end.value.code or 0), said.out, said.err


def test_the_worklist_is_opened_by_the_plugin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []
    plugin = ModuleType("napari_pathoflow")
    plugin.open_worklist = opened.append  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "napari_pathoflow", plugin)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    assert call(capsys, "review", tmp_path)[0] == 0
    assert opened == [tmp_path]


def test_a_plugin_that_cannot_be_loaded_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    monkeypatch.setitem(sys.modules, "napari_pathoflow", None)
    code, _, err = call(capsys, "review", tmp_path)
    assert code == 3
    assert err.startswith("pathoflow: the review window cannot be loaded")


def test_verifying_needs_cases_and_json_needs_verifying(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(capsys, "review", tmp_path, "--verify")[0] == 2
    assert call(capsys, "review", tmp_path, "--json")[0] == 2
    made = MadeCase(tmp_path)
    made.slide("A")
    made.write()
    assert call(capsys, "review", tmp_path, "--verify")[:2] == (
        0,
        "no case has been reviewed yet\n",
    )


def test_a_folder_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = call(capsys, "review", tmp_path / "nowhere")
    assert code == 2
    assert err.startswith("pathoflow: there is no folder")
