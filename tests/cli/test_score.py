"""Results against the truth, as the command tells it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

FIGURES = {"vessels_found": 9, "mvi_sensitivity": None}
MARKED = {**FIGURES, "data": "synthetic", "synthetic": True, "seed": 4, "family": "test"}


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, Path]]:
    """Figures of one slide, whatever it is compared with."""
    calls: list[tuple[Path, Path]] = []

    def compare(folder: Path, truth: Path) -> SimpleNamespace:
        calls.append((folder, truth))
        return SimpleNamespace(slides=[SimpleNamespace(as_json=lambda: MARKED)])

    monkeypatch.setattr("pathoflow.pipeline.scoring.score_alone", compare)
    return calls


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Path, list[Any]]:
    """A folder of two results, and what the comparison of all was asked."""
    out = tmp_path / "out"
    for name in ("a", "b"):
        (out / name).mkdir(parents=True)
        (out / name / "result.json").write_text("{}")
    calls: list[Any] = []

    def compare(folder: Path, truths: Path, cases: Path | None, on_step: object) -> Any:
        calls.append((folder, truths, cases))
        return SimpleNamespace(as_json=lambda: {"counts": {"slides": 2}})

    monkeypatch.setattr("pathoflow.pipeline.scoring.score_cohort", compare)
    monkeypatch.setattr("pathoflow.pipeline.scoring.cohort_lines", lambda json: ["slides 2"])
    monkeypatch.setattr(
        "pathoflow.pipeline.scoring.draw_plots", lambda score, folder: calls.append(folder)
    )
    return out, calls


def test_json_holds_the_figures_unchanged(
    pathoflow: Callable[..., Any], compared: list[tuple[Path, Path]]
) -> None:
    said = pathoflow("score", "OUT/liver", "liver.truth", "--json")
    assert said.code == 0
    assert json.loads(said.out) == MARKED
    assert compared == [(Path("OUT/liver"), Path("liver.truth"))]


def test_a_figure_without_anything_to_measure_says_so_and_every_line_what_it_is_of(
    pathoflow: Callable[..., Any], compared: list[tuple[Path, Path]]
) -> None:
    first, second = pathoflow("score", "OUT/liver", "liver.truth").out.splitlines()
    assert first.split()[:3] == ["vessels", "found", "9"]
    assert second.startswith("mvi sensitivity ")
    assert "nothing to measure" in second
    assert first.endswith("[synthetic, family test, seed 4]")
    assert second.endswith("[synthetic, family test, seed 4]")


def test_a_folder_of_results_is_scored_as_a_whole(
    pathoflow: Callable[..., Any], many: tuple[Path, list[Any]], tmp_path: Path
) -> None:
    out, calls = many
    words = ("score", out, tmp_path, "--cases", tmp_path / "cases.csv")
    said = pathoflow(*words, "--plots", tmp_path / "plots")
    assert (said.code, said.out) == (0, "slides 2\n")
    assert calls == [(out, tmp_path, tmp_path / "cases.csv"), tmp_path / "plots"]
    assert json.loads(pathoflow(*words, "--json").out) == {"counts": {"slides": 2}}


def test_cases_are_of_many_results(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text("{}")
    message = refused("score", tmp_path, "liver.truth", "--cases", "cases.csv")
    assert "--cases needs the folder of many results" in message


def test_a_missing_result_is_refused(refused: Callable[..., str], tmp_path: Path) -> None:
    message = refused("score", tmp_path / "none", tmp_path / "none.truth")
    assert str(tmp_path / "none") in message


def test_a_folder_for_plots_that_cannot_be_written_is_refused_before_any_work(
    refused: Callable[..., str], compared: list[tuple[Path, Path]], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    refused("score", "OUT/liver", "liver.truth", "--plots", tmp_path / "file" / "plots")
    assert compared == []
