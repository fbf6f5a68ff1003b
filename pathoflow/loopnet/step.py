"""One step: the classifier alone at first, then classifier and locator together, with the loop between them.

for the first half of the steps:    L = L_cls
afterwards:                         L = L_cls + alpha L_loc + beta L_loop
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch

from pathoflow.loopnet.feed import VesselFeed
from pathoflow.loopnet.losses import (
    LossSettings,
    classification_loss,
    count_lengths,
    gradient_length,
    locating_loss,
    loop_loss,
    remembered,
)
from pathoflow.loopnet.model import MVI, LoopNet
from pathoflow.training import NETWORK, Optimisation, Player, Turn


@dataclass(frozen=True, slots=True)
class StepSettings:
    """Losses, phases and the learning rate."""

    losses: LossSettings = field(default_factory=LossSettings)
    #: Share of the steps that the classifier learns alone (paper: 50 of 100 epochs).
    warm_share: float = 0.5
    #: AdamW with the paper's rate, decay and cosine (it has Ranger, and 5 of 100 epochs to rise).
    optimisation: Optimisation = field(
        default_factory=lambda: Optimisation(1e-3, 5e-4, warm_share=0.05)
    )


class LoopNetStep:
    """LoopNet's step; what it remembers are the counts by which gradients are harmonised."""

    def __init__(self, model: LoopNet, feed: VesselFeed, settings: StepSettings) -> None:
        self.model, self.feed, self.settings = model, feed, settings
        self.players = {NETWORK: Player(model, settings.optimisation)}
        self.counts = torch.zeros(settings.losses.bins)

    def __call__(self, turn: Turn) -> None:
        """Move the network once."""
        joint = turn.step > round(self.settings.warm_share * turn.steps)
        turn.update(NETWORK, lambda part: self.losses(turn, part, joint=joint))

    def losses(self, turn: Turn, part: int, *, joint: bool) -> Mapping[str, torch.Tensor]:
        """The terms of one batch, each with its weight."""
        settings, batch = self.settings.losses, self.feed.draw(turn.step, part)
        # The loop's wrapper of the network knows one way to call it; here its parts are called one by one.
        with turn.fabric.autocast():
            features = self.model.features(batch.x)
            verdict = self.model.classify(batch.x, features).float()
            lengths = gradient_length(verdict, batch.truth)
            new = count_lengths(lengths, settings.bins)
            self.counts = remembered(self.counts.to(new.device), new, settings.momentum)
            terms = {"classification": classification_loss(verdict, batch.truth, self.counts)}
            if joint:
                places = self.model.locate(features).float()
                terms["locating"] = settings.alpha * locating_loss(places, batch.places)
                invaded = batch.truth == MVI
                loop = loop_loss(self.model, batch.x[invaded], features[invaded])
                terms["loop"] = settings.beta * loop
        right = (verdict.detach().argmax(1) == batch.truth).float()
        return {**terms, "_accuracy": right.mean()}

    def state(self) -> dict[str, torch.Tensor]:
        """The remembered counts."""
        return {"counts": self.counts}

    def restore(self, state: Mapping[str, torch.Tensor]) -> None:
        """Take them back."""
        self.counts = state["counts"]
