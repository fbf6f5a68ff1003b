"""Learning from labelled patches alone: Dice and cross entropy, over all classes together or class by class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import nn

from pathoflow.networks.card import Normalisation
from pathoflow.training.evaluation import normalised
from pathoflow.training.feed import Batch
from pathoflow.training.methods import Setup
from pathoflow.training.optimiser import Optimisation
from pathoflow.training.organs.losses import (
    class_dice,
    segmentation_loss,
    weighted_cross_entropy,
    wide,
)
from pathoflow.training.step import NETWORK, Player, Stateless, Step, Turn


@dataclass(frozen=True, slots=True)
class SupervisedSettings:
    """How classes share the loss."""

    #: Dice of every class by itself: for classes of very different areas, such as tumour and bile ducts, where the rare
    #: ones would otherwise be given up.
    class_by_class: bool = False


class Supervised(Stateless):
    """One player, one loss."""

    def __init__(
        self,
        network: nn.Module,
        optimisation: Optimisation,
        normalisation: Normalisation,
        settings: SupervisedSettings | None = None,
    ) -> None:
        self.normalisation = normalisation
        self.settings = settings or SupervisedSettings()
        self.players = {NETWORK: Player(network, optimisation)}

    def __call__(self, turn: Turn) -> None:
        """``L = BCE + Dice`` on a fresh batch."""
        turn.update(NETWORK, lambda part: self.losses(turn.feed.labelled(turn.step, part)))

    def losses(self, batch: Batch) -> Mapping[str, torch.Tensor]:
        """The loss of one batch."""
        module = self.players[NETWORK].module
        logits = module(normalised(batch.pixels, self.normalisation))
        if self.settings.class_by_class:
            dice = class_dice(torch.sigmoid(wide(logits)), batch.masks, batch.weight)
            entropy = weighted_cross_entropy(logits, batch.masks, batch.weight)
            return {"segmentation": entropy + dice}
        return {"segmentation": segmentation_loss(logits, batch.masks, batch.weight)}


def make_supervised(network: nn.Module, setup: Setup) -> Step:
    """The method that a config names as ``supervised``; its options are `SupervisedSettings`."""
    settings = setup.settings(SupervisedSettings)
    return Supervised(network, setup.schedule.optimisation, setup.normalisation, settings)
