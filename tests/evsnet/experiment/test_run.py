"""The smoke preset: everything once, and nothing twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pathoflow.evsnet.experiment import load_preset, run_experiment
from pathoflow.evsnet.experiment import unit as unit_module


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("experiment")
    run_experiment("smoke", folder, lambda line: None)
    return folder


def test_every_arm_leaves_figures_a_table_and_a_picture(work: Path) -> None:
    outcome = json.loads((work / "outcome.json").read_text("utf-8"))
    [cell] = outcome["cells"]
    assert set(cell["seeds"]) == set(load_preset("smoke").arms)
    for by_seed in cell["seeds"].values():
        assert 0 <= by_seed["0"]["iou"] <= 1
    assert "| Z | supervised with all labels |" in (work / "outcome.md").read_text("utf-8")
    assert (work / "outcome.png").stat().st_size > 10_000


def test_what_is_finished_is_not_run_again(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr(unit_module, "fit", refuse)
    before = (work / "outcome.json").read_bytes()
    run_experiment("smoke", work, lambda line: None)
    assert (work / "outcome.json").read_bytes() == before


def test_a_missing_arm_is_run_alone_and_comes_out_the_same(work: Path) -> None:
    [path] = work.glob("runs/painted/n4-seed0/D.json")
    before = json.loads(path.read_text("utf-8"))
    path.unlink()
    said: list[str] = []
    run_experiment("smoke", work, said.append)
    after = json.loads(path.read_text("utf-8"))
    assert after["tests"] == before["tests"]
    assert [line for line in said if line.startswith("painted, 4 labels")] == [
        "painted, 4 labels, seed 0: D"
    ]
