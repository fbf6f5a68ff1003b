"""Settings of a training run, from a TOML file; unknown keys are refused."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cattrs

from pathoflow.errors import UsageError
from pathoflow.networks.card import Architecture


@dataclass(frozen=True, slots=True)
class PaintedData:
    """Which painted slides patches come from; every seed is a slide of its own."""

    train_seeds: tuple[int, ...]
    validation_seeds: tuple[int, ...]
    #: Side of a painted slide; its µm per pixel.
    slide_px: int = 12000
    slide_mpp: float = 0.5
    patches_per_slide: int = 20
    #: Invaded veins per slide: many more than in life, because patches are drawn around them.
    invaded_per_slide: int = 8
    #: Side of a patch at the slide's µm per pixel.
    patch_px: int = 1536
    #: Patches are kept at this µm per pixel; networks that work coarser get them averaged.
    bank_mpp: float = 2.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast; one-cycle learning rate with a short warm-up."""

    steps: int
    batch: int = 8
    crop_px: int = 256
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    #: Decay of the weight average that is scored and shipped.
    ema: float = 0.99
    validate_every: int = 200
    seed: int = 0


@dataclass(frozen=True, slots=True)
class StarterSettings:
    """One starter network: what it is called, what it learns, from what, for how long."""

    name: str
    version: str
    title: str
    #: Which truth of the painted slides it learns.
    target: Literal["vessel", "tumour"]
    mpp: float
    halo_px: int
    threshold: float
    architecture: Architecture
    data: PaintedData
    schedule: Schedule
    #: Where the encoder's first weights come from, in words, and their file's SHA-256.
    encoder_origin: str
    encoder_sha256: str
    licence: str
    limits: tuple[str, ...]


def load_settings(path: Path) -> StarterSettings:
    """Read a training config.

    Raises
    ------
    UsageError
        The file is missing, is not TOML, or has unknown, missing or wrong keys; all are named at once.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}. Give a training config.") from error
    except ValueError as error:
        raise UsageError(f"{path} is not TOML: {error}.") from error
    try:
        return cattrs.Converter(forbid_extra_keys=True).structure(raw, StarterSettings)
    except Exception as error:  # noqa: BLE001  (cattrs raises groups of many kinds; all mean "the config is wrong")
        raise UsageError(f"{path} is not a training config: {'; '.join(cattrs.transform_error(error))}.") from error
