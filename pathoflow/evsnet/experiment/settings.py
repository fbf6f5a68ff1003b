"""Settings of the experiment: tasks, seeds, arms and the schedule, fixed in a preset before anything is looked at."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from pathoflow.data import BlurredSpec, FolderSource
from pathoflow.errors import UsageError
from pathoflow.evsnet.experiment.arms import ARMS
from pathoflow.networks.card import Architecture, Normalisation
from pathoflow.networks.plain import from_plain
from pathoflow.training import Schedule

PRESETS = Path(__file__).parent / "presets"


@dataclass(frozen=True, slots=True)
class PaintedTask:
    """Painted patches: a pool, others to watch by, and test sets of stains that the pool does not have."""

    pool: BlurredSpec
    watch: BlurredSpec
    tests: dict[str, BlurredSpec]


@dataclass(frozen=True, slots=True)
class FolderTask:
    """Pictures with masks; a share of the pool's patients is set aside to watch by."""

    pool: FolderSource
    tests: dict[str, FolderSource]
    patch_px: int
    mpp: float | None = None
    watch_share: float = 0.2


@dataclass(frozen=True, slots=True)
class TaskSettings:
    """One kind of picture."""

    name: str
    title: str
    n_labels: tuple[int, ...]
    seeds: tuple[int, ...]
    painted: PaintedTask | None = None
    #: Below the folder that the environment variable PATHOFLOW_DATA names.
    folder: FolderTask | None = None
    #: Labelled patches come from this many slides or pictures.
    label_groups: int = 3
    #: Least share of them that hold an object.
    with_object: float = 0.6


@dataclass(frozen=True, slots=True)
class ExperimentSettings:
    """The whole experiment."""

    architecture: Architecture
    tasks: tuple[TaskSettings, ...]
    schedule: Schedule
    arms: tuple[str, ...]
    normalisation: Normalisation = field(default_factory=Normalisation)
    #: ``.npz`` below PATHOFLOW_DATA that the encoder begins with, and its SHA-256; empty for fresh weights.
    encoder: str = ""
    encoder_sha256: str = ""
    #: Trainings at once, each with one thread.
    workers: int = 2


def load_preset(name: str) -> ExperimentSettings:
    """The preset ``name``, or the one in the file ``name``.

    Raises
    ------
    UsageError
        There is none, or it has unknown or missing keys or arms.
    """
    path = Path(name) if name.endswith(".toml") else PRESETS / f"{name}.toml"
    if not path.exists():
        known = ", ".join(sorted(p.stem for p in PRESETS.glob("*.toml")))
        raise UsageError(f"preset {name!r} is not known; use one of {known}, or give a .toml file.")
    try:
        settings = from_plain(tomllib.loads(path.read_text("utf-8")), ExperimentSettings)
    except ValueError as error:
        raise UsageError(f"{path} is not a preset: {error}.") from error
    unknown = sorted(set(settings.arms) - set(ARMS))
    if unknown:
        raise UsageError(f"{path} names unknown arms {', '.join(unknown)}; use {', '.join(ARMS)}.")
    return settings
