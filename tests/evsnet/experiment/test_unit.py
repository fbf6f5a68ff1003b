"""Arms of a unit differ in what they are told to differ in, and in nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pathoflow.data import PatchSet
from pathoflow.errors import UsageError
from pathoflow.evsnet.experiment import unit as module
from pathoflow.evsnet.experiment.settings import TaskSettings, load_preset
from pathoflow.evsnet.experiment.tasks import Task
from pathoflow.evsnet.experiment.unit import Unit, read_figures, run_unit
from pathoflow.networks import load_network
from pathoflow.training.checkpoint import load_module

TASK = TaskSettings("toy", "Toy", (4,), (0,), label_groups=4)


@pytest.fixture
def unit(
    monkeypatch: pytest.MonkeyPatch,
    patches: Callable[..., PatchSet],
    tiny: Callable[[], torch.nn.Module],
    tmp_path: Path,
) -> Unit:
    task = Task(patches(12, 1), patches(3, 2), {"test": patches(3, 3)})
    monkeypatch.setattr(module, "load_task", lambda *_: task)
    monkeypatch.setattr(module, "first_module", lambda *_: tiny())
    settings = replace(load_preset("smoke"), arms=("W", "A", "A-best", "A-views", "P", "Z"))
    return Unit(settings, TASK, 4, 0, tmp_path)


def test_arms_begin_from_one_warm_up(unit: Unit) -> None:
    said: list[str] = []
    run_unit(unit, said.append)
    assert [line.rpartition(" ")[2] for line in said] == list(unit.settings.arms)
    figures = read_figures(unit)
    assert figures["W"]["step"] == 6
    assert figures["A"]["step"] == figures["P"]["step"] == 10
    assert figures["A-best"]["watch"]["iou"] >= figures["A"]["watch"]["iou"]
    folders = {p.name for p in unit.folder.iterdir() if p.is_dir()}
    assert folders == {"warm", "A", "P", "Z"}, "what is judged again is not trained again"


def test_figures_do_not_depend_on_which_arms_were_run_before(unit: Unit, tmp_path: Path) -> None:
    run_unit(unit)
    alone = replace(unit, work=tmp_path / "alone", settings=replace(unit.settings, arms=("P",)))
    run_unit(alone)
    assert read_figures(alone)["P"]["tests"] == read_figures(unit)["P"]["tests"]


def test_the_best_early_stop_can_lie_in_the_warm_up(
    unit: Unit, tiny: Callable[[], torch.nn.Module]
) -> None:
    run_unit(unit)
    # Its weights are there, whether it beat the warm-up or not.
    load_module(tiny(), unit.folder / "A" / "best.safetensors")


def test_arms_that_begin_with_a_network_have_a_warm_up_of_their_own(
    unit: Unit, monkeypatch: pytest.MonkeyPatch, tiny: Callable[[], torch.nn.Module]
) -> None:
    begun: list[str] = []

    def first(settings: object, seed: int, start: str = "") -> torch.nn.Module:
        begun.append(start)
        return tiny()

    monkeypatch.setattr(module, "first_module", first)
    run_unit(replace(unit, settings=replace(unit.settings, arms=("SA", "SW", "P"))))
    assert {p.name for p in unit.folder.iterdir() if p.is_dir()} == {"warm-S", "SA", "warm", "P"}
    # Warm-up and arm of each; what is judged again goes on from its end.
    assert begun == ["vessel-starter"] * 3 + [""] * 2


def test_a_network_to_begin_with_must_be_built_alike() -> None:
    with pytest.raises(UsageError, match="leave out the arms"):
        module.first_module(load_preset("smoke"), 0, "vessel-starter")
    begun = module.first_module(load_preset("cpu-2"), 0, "vessel-starter")
    bundled = load_network("vessel-starter", "cpu", "torch").module.state_dict()
    assert all(torch.equal(value, bundled[key]) for key, value in begun.state_dict().items())
