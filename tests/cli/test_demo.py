"""The newcomer's first command, with the painting and the analysis left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

FIGURES = {
    "vessels_found": 9,
    "vessels_true": 11,
    "vessel_f1_at_iou_0.5": 0.9,
    "tumour_pixel_iou": 0.8,
    "mvi_true": 4,
    "mvi_sensitivity": 0.75,
    "mvi_false_positives": 1,
}


@pytest.fixture
def painted_specs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    specs: list[Any] = []

    def paint(spec: Any, slide: Path, on_share: Callable[[float], None]) -> None:
        specs.append(spec)
        slide.touch()
        slide.with_suffix(".truth").mkdir()
        on_share(1.0)

    proposal = SimpleNamespace(grade="M1")
    result = SimpleNamespace(slide_id="painted-liver", propose=lambda system: proposal)
    scored = SimpleNamespace(as_json=lambda: FIGURES)
    monkeypatch.setattr("pathoflow.phantom.make_phantom", paint)
    monkeypatch.setattr("pathoflow.pipeline.run_slide", lambda slide, out, on_step: result)
    monkeypatch.setattr("pathoflow.pipeline.score_slide", lambda folder, truth: scored)
    return specs


def test_the_last_line_is_the_path_of_the_report(
    pathoflow: Callable[..., Any], painted_specs: list[Any], tmp_path: Path
) -> None:
    said = pathoflow("demo", "--out", tmp_path / "demo")
    assert said.code == 0
    report = (tmp_path / "demo" / "painted-liver" / "report.html").resolve()
    assert said.out.splitlines()[-1] == str(report)


def test_the_figures_are_called_synthetic(
    pathoflow: Callable[..., Any], painted_specs: list[Any], tmp_path: Path
) -> None:
    out = pathoflow("demo", "--out", tmp_path / "demo").out
    assert "synthetic" in out.splitlines()[0]
    assert "9 found, 11 painted" in out
    assert "not reviewed): M1" in out


def test_a_second_call_does_not_paint_again(
    pathoflow: Callable[..., Any], painted_specs: list[Any], tmp_path: Path
) -> None:
    for _ in range(2):
        pathoflow("demo", "--out", tmp_path / "demo")
    assert [spec.family for spec in painted_specs] == ["test"]


def test_a_file_in_the_place_of_the_folder_is_refused_before_painting(
    refused: Callable[..., str], painted_specs: list[Any], tmp_path: Path
) -> None:
    (tmp_path / "demo").write_text("mine")
    assert "demo" in refused("demo", "--out", tmp_path / "demo")
    assert painted_specs == []
