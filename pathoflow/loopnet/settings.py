"""Settings of one training of LoopNet, from a TOML file; unknown keys are refused.

name = "vessel-classifier"
[train]
seeds = [1, 2, 3]
[calibration]
seeds = [101, 102]
[test]
seeds = [1, 2]
family = "test"
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pathoflow.errors import UsageError
from pathoflow.loopnet.crops import PaintedVessels
from pathoflow.loopnet.feed import FeedSettings
from pathoflow.loopnet.grid import GridSettings
from pathoflow.loopnet.loop import Length
from pathoflow.loopnet.made_of import ModelSettings
from pathoflow.loopnet.step import StepSettings
from pathoflow.networks.plain import from_plain
from pathoflow.phantom import GENERATOR_VERSION


@dataclass(frozen=True, slots=True)
class LoopNetSettings:
    """One classifier: what it is called, what it learns from and is measured on, how, and for how long.

    Raises
    ------
    UsageError
        A number is out of range, or sets share a slide.
    """

    name: str
    #: Vessels that it learns from, that its temperature is found on, and that it is judged on.
    train: PaintedVessels
    calibration: PaintedVessels
    test: PaintedVessels
    version: str = "1"
    title: str = "LoopNet: is a vessel invaded, and which of its cells are cancer cells"
    licence: str = "MIT"
    grid: GridSettings = field(default_factory=GridSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    feed: FeedSettings = field(default_factory=FeedSettings)
    step: StepSettings = field(default_factory=StepSettings)
    length: Length = field(default_factory=Length)

    def __post_init__(self) -> None:
        problems = self.length.problems()
        if self.feed.batch < 2:
            problems.append(f"feed.batch must be at least 2, not {self.feed.batch}")
        if not 0 < self.feed.invaded_share < 1:
            problems.append(f"feed.invaded_share must lie in 0 to 1, not {self.feed.invaded_share}")
        if not 0 <= self.step.warm_share <= 1:
            problems.append(f"step.warm_share must lie in 0 to 1, not {self.step.warm_share}")
        slides = [
            (one.family, seed)
            for one in (self.train, self.calibration, self.test)
            for seed in one.seeds
        ]
        twice = sorted({slide for slide in slides if slides.count(slide) > 1})
        if twice:
            named = ", ".join(f"{family} {seed}" for family, seed in twice)
            problems.append(
                f"train, calibration and test share the slides {named}: what is measured would be memory"
            )
        if problems:
            raise UsageError(f"this classifier cannot be trained: {'; '.join(problems)}.")

    def stamp(self) -> str:
        """Digest of everything that the weights depend on."""
        plain = asdict(self)
        parts = [plain[name] for name in ("train", "grid", "model", "feed", "step")]
        length = {k: v for k, v in plain["length"].items() if k not in ("save_every", "device")}
        text = json.dumps([GENERATOR_VERSION, *parts, length], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def load_loopnet_settings(path: str | Path) -> LoopNetSettings:
    """Read a config.

    Raises
    ------
    UsageError
        The file is missing, is not TOML, or does not follow the settings.
    """
    try:
        raw = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"config {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise UsageError(f"config {path} is not TOML: {error}.") from error
    try:
        return from_plain(raw, LoopNetSettings)
    except ValueError as error:
        raise UsageError(f"config {path}: {str(error).removesuffix('.')}.") from error
