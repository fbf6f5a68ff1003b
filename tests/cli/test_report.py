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


def test_a_slide_that_is_no_longer_the_analysed_one_is_told(
    pathoflow: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from pathoflow.errors import Code
    from pathoflow.tissue import Flag

    flag = Flag(Code.SLIDE_CHANGED, "error", "liver.svs is another file: the result is stale.")
    written: list[str] = []
    monkeypatch.setattr("pathoflow.store.load_result", lambda folder: "result")
    monkeypatch.setattr("pathoflow.pipeline.check_slide", lambda result, slide: flag)
    monkeypatch.setattr("pathoflow.pipeline.write_derived", lambda *given: written.append(given))
    said = pathoflow("report", tmp_path / "liver", "--slide", tmp_path / "liver.svs")
    assert said.code == 1
    assert "SLIDE_CHANGED" in said.err
    assert "stale" in said.err
    assert written == []
