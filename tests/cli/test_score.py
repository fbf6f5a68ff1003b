"""A result against the truth, as the command tells it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

FIGURES = {"vessels_found": 9, "mvi_sensitivity": None}


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, Path]]:
    calls: list[tuple[Path, Path]] = []

    def compare(folder: Path, truth: Path) -> SimpleNamespace:
        calls.append((folder, truth))
        return SimpleNamespace(as_json=lambda: FIGURES)

    monkeypatch.setattr("pathoflow.pipeline.score_slide", compare)
    return calls


def test_json_holds_the_figures_unchanged(
    pathoflow: Callable[..., Any], compared: list[tuple[Path, Path]]
) -> None:
    said = pathoflow("score", "OUT/liver", "liver.truth", "--json")
    assert said.code == 0
    assert json.loads(said.out) == FIGURES
    assert compared == [(Path("OUT/liver"), Path("liver.truth"))]


def test_a_figure_without_anything_to_measure_says_so(
    pathoflow: Callable[..., Any], compared: list[tuple[Path, Path]]
) -> None:
    first, second = pathoflow("score", "OUT/liver", "liver.truth").out.splitlines()
    assert first.split() == ["vessels", "found", "9"]
    assert second.startswith("mvi sensitivity ")
    assert second.endswith(" nothing to measure")


def test_a_missing_result_is_refused(refused: Callable[..., str], tmp_path: Path) -> None:
    message = refused("score", tmp_path / "none", tmp_path / "none.truth")
    assert str(tmp_path / "none") in message
