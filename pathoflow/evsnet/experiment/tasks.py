"""The patches of a task, and which few of them come with their labels."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pathoflow.data import (
    Crops,
    PatchSet,
    blurred_patches,
    labelled_crops,
    split_by_group,
)
from pathoflow.errors import UsageError
from pathoflow.evsnet.experiment.settings import FolderTask, PaintedTask, TaskSettings

#: Folder of real data sets; what a task needs of it stands in the preset.
DATA_VARIABLE = "PATHOFLOW_DATA"
#: A patch holds an object if this share of it is one.
_LEAST_SHARE = 0.01


@dataclass(frozen=True)
class Task:
    """Patches of one kind."""

    pool: PatchSet
    #: Held-out patches by which steps are watched; few-label methods learn nothing from them.
    watch: PatchSet
    #: By name; the first is the one that counts.
    tests: dict[str, PatchSet]


def data_folder() -> Path | None:
    """Where real data lies, if anywhere."""
    named = os.environ.get(DATA_VARIABLE)
    return Path(named) if named else None


def why_not(settings: TaskSettings) -> str | None:
    """Why a task cannot be run here, or None."""
    if settings.folder is None:
        return None
    root = data_folder()
    if root is None:
        return f"{DATA_VARIABLE} does not name a data folder"
    missing = root / settings.folder.pool.images
    return None if missing.is_dir() else f"{settings.folder.pool.images} is not in {DATA_VARIABLE}"


def load_task(settings: TaskSettings, cache: Path, say: Callable[[str], None]) -> Task:
    """Paint or read the patches of a task.

    Raises
    ------
    UsageError
        The task names no patches, or they cannot be read.
    """
    if settings.painted is not None:
        return _painted(settings.painted, cache, say)
    if settings.folder is not None:
        return _from_folder(settings.folder)
    raise UsageError(f"task {settings.name} names neither painted patches nor a folder.")


def _painted(task: PaintedTask, cache: Path, say: Callable[[str], None]) -> Task:
    pool, watch, *tests = (
        blurred_patches(spec, cache, say) for spec in (task.pool, task.watch, *task.tests.values())
    )
    return Task(pool, watch, dict(zip(task.tests, tests, strict=True)))


def _from_folder(task: FolderTask) -> Task:
    root = data_folder()
    if root is None:
        raise UsageError(f"set {DATA_VARIABLE} to the folder that holds {task.pool.images}.")
    crops = Crops(task.patch_px, task.mpp)
    every = labelled_crops(task.pool, crops, "object", root)
    shares = {"pool": 1 - task.watch_share, "watch": task.watch_share}
    parts = split_by_group(every.groups, shares, seed=0)
    tests = {k: labelled_crops(source, crops, "object", root) for k, source in task.tests.items()}
    return Task(every.take(parts["pool"]), every.take(parts["watch"]), tests)


def choose_labelled(pool: PatchSet, n: int, settings: TaskSettings, seed: int) -> NDArray[np.intp]:
    """``n`` patches of a few slides or pictures, enough of them with an object: what somebody would outline.

    Raises
    ------
    UsageError
        The pool is too small.
    """
    rng = np.random.default_rng([seed, n])
    groups = np.array(pool.groups)
    area = (pool.masks & pool.known[:, None]).any(1).mean((1, 2))
    with_object = area >= _LEAST_SHARE
    wanted = round(settings.with_object * n)
    for _ in range(100):
        chosen = rng.permutation(np.unique(groups))[: settings.label_groups]
        here = np.flatnonzero(np.isin(groups, chosen))
        filled = here[with_object[here]]
        if len(here) >= n and len(filled) >= wanted:
            first = rng.permutation(filled)[:wanted]
            rest = rng.permutation(np.setdiff1d(here, first))[: n - wanted]
            return np.concatenate([first, rest])
    raise UsageError(
        f"task {settings.name}: no {settings.label_groups} of its slides hold {n} patches, {wanted} with an object."
    )
