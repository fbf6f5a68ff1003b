"""Settings of a training run, from a TOML file; unknown keys are refused.

The shortest config that a lab needs:

    name = "our-vessels"
    [data]
    labelled = [{ slide = "a.svs", outlines = "a.geojson" }, { slide = "b.svs", outlines = "b.geojson" }]
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pathoflow.data import DataSettings
from pathoflow.errors import UsageError
from pathoflow.networks.card import Architecture, Normalisation
from pathoflow.networks.plain import from_plain
from pathoflow.training.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Start:
    """What the network begins with."""

    #: A network by name or folder: its architecture, its scale and its weights, unless others are named.
    network: str = "vessel-starter"
    #: Instead of that: an architecture with fresh weights,
    architecture: Architecture | None = None
    normalisation: Normalisation = field(default_factory=Normalisation)
    #: whose encoder may begin with the weights of a file with this SHA-256; where they come from, in words.
    encoder_sha256: str = ""
    encoder_origin: str = ""


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """One network: what it is called, what it begins with, what it learns from, how, and for how long."""

    name: str
    data: DataSettings
    version: str = "1"
    title: str = ""
    #: See `pathoflow.training.methods`; ``[options]`` are its own settings.
    method: str = "evsnet"
    options: dict[str, Any] = field(default_factory=dict)
    start: Start = field(default_factory=Start)
    #: Where the start is not a network, these say at what scale the new one works and how far it looks.
    mpp: float = 0.0
    halo_px: int = -1
    threshold: float = 0.5
    schedule: Schedule = field(default_factory=Schedule)
    licence: str = "not stated"
    limits: tuple[str, ...] = ("Research use only.",)

    def stamp(self) -> str:
        """Digest of everything here."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def load_settings(path: Path) -> TrainSettings:
    """Read a training config.

    Raises
    ------
    UsageError
        The file is missing, is not TOML, or has unknown, missing or wrong keys (all are named at once).
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}. Give a training config."
        ) from error
    except ValueError as error:
        raise UsageError(f"{path} is not TOML: {error}.") from error
    try:
        settings = from_plain(raw, TrainSettings)
    except ValueError as error:
        raise UsageError(f"{path} is not a training config: {error}.") from error
    problems = _problems(settings)
    if problems:
        raise UsageError(f"{path} cannot be trained: {'; '.join(problems)}.")
    return settings


def _problems(settings: TrainSettings) -> list[str]:
    problems = settings.schedule.problems()
    if not 0 < settings.threshold < 1:
        problems.append(f"threshold must lie between 0 and 1, not {settings.threshold}")
    if settings.start.architecture is not None:
        if settings.mpp <= 0:
            problems.append("mpp must be given with start.architecture")
        if settings.halo_px < 0:
            problems.append("halo_px must be given with start.architecture")
    if bool(settings.start.encoder_sha256) and settings.start.architecture is None:
        problems.append("start.encoder_sha256 needs start.architecture")
    return problems
