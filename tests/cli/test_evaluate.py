"""Judging a network, with the judging left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest


def test_a_config_is_judged_by_the_network_beside_it_or_another(
    pathoflow: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[tuple[Path, Path]] = []

    def judge(settings: Any, network: Path, root: Path, *_: Any) -> dict[str, float]:
        asked.append((network, root))
        return {"iou": 0.75}

    monkeypatch.setattr(
        "pathoflow.training.load_settings", lambda path: SimpleNamespace(name="mine")
    )
    monkeypatch.setattr("pathoflow.training.evaluate_network", judge)
    config = tmp_path / "c.toml"
    assert "iou: 0.75" in pathoflow("evaluate", config).out
    said = pathoflow(
        "evaluate", config, "--network", tmp_path / "other", "--data", tmp_path / "d", "--json"
    )
    assert json.loads(said.out) == {"iou": 0.75}
    assert asked == [(tmp_path / "mine", tmp_path), (tmp_path / "other", tmp_path / "d")]


def test_an_experiment_is_run_by_its_name(
    pathoflow: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[Any] = []

    def run(preset: str, work: Path, say: Callable[[str], None]) -> SimpleNamespace:
        asked.append((preset, work))
        return SimpleNamespace(plain=lambda: {"cells": []}, markdown=lambda: "a table")

    monkeypatch.setattr("pathoflow.training.experiments.find_experiment", lambda name: run)
    said = pathoflow("evaluate", "few", "--preset", "cpu", "--work", tmp_path)
    assert said.out.strip() == "a table"
    assert json.loads(pathoflow("evaluate", "few", "--json").out) == {"cells": []}
    assert asked == [("cpu", tmp_path), ("smoke", Path("few-smoke"))]


def test_an_unknown_experiment_is_refused(refused: Callable[..., str]) -> None:
    assert "evsnet-limited-labels" in refused("evaluate", "magic")
