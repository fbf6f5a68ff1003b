"""What a method is to the loop: some players, and what they do in one step.

    class Supervised:
        def __init__(self, network, settings): self.players = {"network": Player(network, settings)}
        def __call__(self, turn):              turn.update("network", lambda part: {"dice": ..., "bce": ...})

The loop owns devices, precision, seeds, averages, checkpoints and the journal; the method owns its losses and the order
in which its players move.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import torch
from lightning_fabric import Fabric
from torch import nn

from pathoflow.training.average import Average
from pathoflow.training.feed import Feed
from pathoflow.training.optimiser import Optimisation

#: The player that is averaged, scored and shipped.
NETWORK = "network"


@dataclass
class Player:
    """A module that learns, and how."""

    module: nn.Module
    optimisation: Optimisation
    #: Made by the loop, once the module lies on its device.
    optimiser: torch.optim.Optimizer | None = None


class Step(Protocol):
    """One method."""

    @property
    def players(self) -> Mapping[str, Player]:
        """Who learns, by name; one of them is ``network``."""
        ...

    def __call__(self, turn: Turn) -> None:
        """Move every player once, in the method's order."""
        ...

    def state(self) -> dict[str, torch.Tensor]:
        """What else a resumed run needs, such as the maps of a teacher; tensors only."""
        ...

    def restore(self, state: Mapping[str, torch.Tensor]) -> None:
        """Take back what `state` gave."""
        ...


@dataclass
class Turn:
    """One step, seen from a method."""

    fabric: Fabric
    feed: Feed
    step: int
    steps: int
    players: Mapping[str, Player]
    #: The averaged network.
    average: Average
    #: Parts that a batch is split into, one after the other, so that a large one fits.
    accumulate: int = 1
    #: Means of the loss terms of this step.
    terms: dict[str, float] = field(default_factory=dict)
    #: Seconds of each player's updates; on CUDA the time to hand work over.
    seconds: dict[str, float] = field(default_factory=dict)

    def update(self, name: str, losses: Callable[[int], Mapping[str, torch.Tensor]]) -> None:
        """Move one player against the sum of ``losses(part)``, averaged over the parts of the batch.

        Entries whose name begins with "_" are only noted, as figures to watch.
        """
        began = time.perf_counter()
        player = self.players[name]
        optimiser = player.optimiser
        if optimiser is None:
            raise RuntimeError(f"player {name!r} has no optimiser: the loop sets it up")
        for group in optimiser.param_groups:
            group["lr"] = player.optimisation.rate(self.step, self.steps)
        optimiser.zero_grad()
        for part in range(self.accumulate):
            found = losses(part)
            total = sum(value for key, value in found.items() if not key.startswith("_"))
            if not isinstance(total, torch.Tensor):
                raise RuntimeError(f"player {name!r} was given no loss")
            self.fabric.backward(total / self.accumulate)
            for key, value in found.items():
                label = key.removeprefix("_")
                mean = float(value.detach()) / self.accumulate
                self.terms[label] = self.terms.get(label, 0.0) + mean
        if player.optimisation.clip:
            self.fabric.clip_gradients(player.module, optimiser, max_norm=player.optimisation.clip)
        optimiser.step()
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began


class Stateless:
    """For methods that keep nothing beside their players."""

    def state(self) -> dict[str, torch.Tensor]:
        """Nothing."""
        return {}

    def restore(self, state: Mapping[str, torch.Tensor]) -> None:
        """Nothing to take back."""
