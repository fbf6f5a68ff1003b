"""Writing the derived files anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def test_the_path_of_the_report_is_the_answer(
    pathoflow: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written: list[str] = []
    monkeypatch.setattr("pathoflow.store.load_result", lambda folder: f"result of {folder.name}")
    monkeypatch.setattr(
        "pathoflow.pipeline.write_derived", lambda result, folder: written.append(result)
    )
    said = pathoflow("report", tmp_path / "liver")
    assert (said.code, said.out) == (0, f"{tmp_path / 'liver' / 'report.html'}\n")
    assert written == ["result of liver"]


def test_a_missing_folder_is_refused_and_not_made(
    refused: Callable[..., str], tmp_path: Path
) -> None:
    assert str(tmp_path / "none") in refused("report", tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_folder_that_is_no_result_is_refused(refused: Callable[..., str], tmp_path: Path) -> None:
    assert "result.json" in refused("report", tmp_path)


def test_a_damaged_result_is_refused(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text('{"cut in half": ')
    assert "result.json" in refused("report", tmp_path)
