"""Settings of a training run, from a TOML file; unknown keys are refused."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pathoflow.data import PaintedData
from pathoflow.errors import UsageError
from pathoflow.networks.card import Architecture
from pathoflow.networks.plain import from_plain


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
        The file is missing, is not TOML, has unknown, missing or wrong keys (all are named at once), or sizes that do
        not go together.
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
        settings = from_plain(raw, StarterSettings)
    except ValueError as error:
        raise UsageError(f"{path} is not a training config: {error}.") from error
    problems = _problems(settings)
    if problems:
        raise UsageError(f"{path} cannot be trained: {'; '.join(problems)}.")
    return settings


def _problems(settings: StarterSettings) -> list[str]:
    data, plan = settings.data, settings.schedule
    problems = []
    if not data.train_seeds or not data.validation_seeds:
        problems.append("data needs train_seeds and validation_seeds")
    shared = sorted(set(data.train_seeds) & set(data.validation_seeds))
    if shared:
        problems.append(f"seeds {shared} are in both train_seeds and validation_seeds")
    numbers = [("data.slide_px", data.slide_px), ("data.patches_per_slide", data.patches_per_slide)]
    numbers += [("schedule.batch", plan.batch), ("schedule.validate_every", plan.validate_every)]
    problems += [f"{name} must be at least 1, not {value}" for name, value in numbers if value < 1]
    if plan.steps < 2:
        problems.append(f"schedule.steps must be at least 2, not {plan.steps}")
    if not 0 <= plan.ema < 1:
        problems.append(f"schedule.ema must lie in 0 to 1, not {plan.ema}")
    if not 0 < settings.threshold < 1:
        problems.append(f"threshold must lie between 0 and 1, not {settings.threshold}")
    return problems + _size_problems(settings)


def _size_problems(settings: StarterSettings) -> list[str]:
    """Patches are averaged by whole numbers, and networks halve what they see up to five times."""
    data, plan = settings.data, settings.schedule
    if min(data.slide_mpp, data.bank_mpp, settings.mpp) <= 0:
        return ["mpp, data.slide_mpp and data.bank_mpp must be positive"]
    problems = []
    for name, fine, coarse in (
        ("data.bank_mpp", data.slide_mpp, data.bank_mpp),
        ("mpp", data.bank_mpp, settings.mpp),
    ):
        ratio = coarse / fine
        if round(ratio) < 1 or abs(ratio - round(ratio)) > 1e-6:
            problems.append(f"{name} {coarse:g} must be a whole multiple of {fine:g}")
    if problems:
        return problems
    side, rest = divmod(data.patch_px, round(settings.mpp / data.slide_mpp))
    if rest or side < 1 or side % 32:
        problems.append(
            f"data.patch_px {data.patch_px} must be a multiple of 32 at {settings.mpp:g} µm/px"
        )
    elif not 0 < plan.crop_px <= side or plan.crop_px % 32:
        problems.append(f"schedule.crop_px {plan.crop_px} must be a multiple of 32 up to {side}")
    return problems
