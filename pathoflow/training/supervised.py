"""Learning from labelled patches alone: Dice and cross entropy."""

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
from pathoflow.training.organs.losses import segmentation_loss
from pathoflow.training.step import NETWORK, Player, Stateless, Step, Turn


@dataclass(frozen=True, slots=True)
class SupervisedSettings:
    """Nothing to set: losses have no weights here."""


class Supervised(Stateless):
    """One player, one loss."""

    def __init__(
        self, network: nn.Module, optimisation: Optimisation, normalisation: Normalisation
    ) -> None:
        self.normalisation = normalisation
        self.players = {NETWORK: Player(network, optimisation)}

    def __call__(self, turn: Turn) -> None:
        """``L = BCE + Dice`` on a fresh batch."""
        turn.update(NETWORK, lambda part: self.losses(turn.feed.labelled(turn.step, part)))

    def losses(self, batch: Batch) -> Mapping[str, torch.Tensor]:
        """The loss of one batch."""
        module = self.players[NETWORK].module
        logits = module(normalised(batch.pixels, self.normalisation))
        return {"segmentation": segmentation_loss(logits, batch.masks, batch.weight)}


def make_supervised(network: nn.Module, setup: Setup) -> Step:
    """The method that a config names as ``supervised``; it has no options."""
    setup.settings(SupervisedSettings)
    return Supervised(network, setup.schedule.optimisation, setup.normalisation)
