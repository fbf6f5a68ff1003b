from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pathoflow.data import PatchSet
from pathoflow.errors import UsageError
from pathoflow.evsnet.experiment.settings import TaskSettings, load_preset
from pathoflow.evsnet.experiment.tasks import DATA_VARIABLE, choose_labelled, load_task, why_not

TASK = TaskSettings("toy", "Toy", (4,), (0,), label_groups=2)


def test_few_patches_come_from_few_slides_and_enough_hold_an_object(
    patches: Callable[..., PatchSet],
) -> None:
    pool = patches(40)
    empty = np.arange(40) % 2 == 0
    masks = pool.masks.copy()
    masks[empty] = False
    pool = replace(pool, masks=masks)
    chosen = choose_labelled(pool, 10, replace(TASK, label_groups=3), seed=1)
    assert len(set(chosen.tolist())) == 10
    assert len({pool.groups[i] for i in chosen}) <= 3
    # Groups take turns and every second patch is empty, so two of four groups hold nothing.
    assert (~empty[chosen]).sum() >= 6
    assert choose_labelled(pool, 10, replace(TASK, label_groups=3), 1).tolist() == chosen.tolist()
    assert choose_labelled(pool, 10, replace(TASK, label_groups=3), 2).tolist() != chosen.tolist()


def test_a_pool_that_is_too_small_is_refused(patches: Callable[..., PatchSet]) -> None:
    with pytest.raises(UsageError, match="hold 30 patches"):
        choose_labelled(patches(8), 30, TASK, 0)


def test_real_data_that_is_not_here_is_not_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    glas = next(task for task in load_preset("cpu").tasks if task.name == "glas")
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    assert why_not(glas) == f"{DATA_VARIABLE} does not name a data folder"
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    assert "is not in" in (why_not(glas) or "")
    (tmp_path / "research_only" / "glas").mkdir(parents=True)
    assert why_not(glas) is None
    assert why_not(TASK) is None


def test_a_task_without_patches_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither painted patches nor a folder"):
        load_task(TASK, tmp_path, lambda line: None)
