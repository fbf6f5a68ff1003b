"""How long and how fast a network learns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pathoflow.training.augment import Augmentation
from pathoflow.training.optimiser import Optimisation

Precision = Literal["32-true", "bf16-mixed", "16-mixed"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast, from how large a batch, and what is written down meanwhile."""

    steps: int = 700
    batch: int = 8
    #: Parts of ``batch`` patches that are added up before a step.
    accumulate: int = 1
    seed: int = 0
    #: Decay of the weight average that is scored and shipped.
    ema: float = 0.99
    #: Which averaged network is kept: the best on held-out patches, or the last.
    keep: Literal["best", "last"] = "best"
    validate_every: int = 50
    #: Pictures of held-out patches; 0 for one at the end.
    picture_every: int = 200
    save_every: int = 100
    precision: Precision = "32-true"
    #: As Fabric names them: auto, cpu, cuda.
    device: Literal["auto", "cpu", "cuda"] = "auto"
    optimisation: Optimisation = field(default_factory=Optimisation)
    augmentation: Augmentation = field(default_factory=Augmentation)

    def problems(self) -> list[str]:
        """What is wrong, in words."""
        at_least_one = ("batch", "accumulate", "validate_every", "save_every")
        found = [
            f"schedule.{name} must be at least 1, not {getattr(self, name)}"
            for name in at_least_one
            if getattr(self, name) < 1
        ]
        if self.steps < 2:
            found.append(f"schedule.steps must be at least 2, not {self.steps}")
        if not 0 <= self.ema < 1:
            found.append(f"schedule.ema must lie in 0 to 1, not {self.ema}")
        if self.picture_every < 0:
            found.append(f"schedule.picture_every must not be negative, not {self.picture_every}")
        crop = self.augmentation.crop_px
        if crop < 32 or crop % 32:
            found.append(f"schedule.augmentation.crop_px {crop} must be a multiple of 32")
        return found
