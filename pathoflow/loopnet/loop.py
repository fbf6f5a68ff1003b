"""The loop: steps, the average of the weights, checkpoints, and a line of the journal each.

It is that of `pathoflow.training.loop` without patches and masks; seeds, averages, checkpoints and learning rates are the
same organs, so a training that is stopped goes on to the same weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import torch
from lightning_fabric import Fabric

from pathoflow.loopnet.model import LoopNet
from pathoflow.loopnet.step import LoopNetStep
from pathoflow.training import NETWORK, Feed, Progress, Turn
from pathoflow.training.average import Average
from pathoflow.training.checkpoint import load_checkpoint, save_checkpoint
from pathoflow.training.draws import drawn_by_layers
from pathoflow.training.journal import Journal
from pathoflow.training.schedule import Precision


@dataclass(frozen=True, slots=True)
class Length:
    """How long, and what is written down meanwhile."""

    steps: int = 800
    seed: int = 0
    #: Decay of the weight average, which is what is kept.
    ema: float = 0.99
    #: Parts of a batch that are added up before a step.
    accumulate: int = 1
    save_every: int = 100
    precision: Precision = "32-true"
    device: Literal["auto", "cpu", "cuda"] = "auto"

    def problems(self) -> list[str]:
        """What is wrong, in words."""
        found = []
        if self.steps < 2:
            found.append(f"length.steps must be at least 2, not {self.steps}")
        if self.accumulate < 1 or self.save_every < 1:
            found.append("length.accumulate and length.save_every must be at least 1")
        if not 0 <= self.ema < 1:
            found.append(f"length.ema must lie in 0 to 1, not {self.ema}")
        return found


def fit_loopnet(
    method: LoopNetStep,
    length: Length,
    folder: Path,
    stamp: str = "",
    on_step: Callable[[Progress], None] = lambda progress: None,
    until: int = 0,
) -> LoopNet:
    """Train until the last step, from wherever ``folder`` says that an earlier run got to.

    Parameters
    ----------
    stamp
        Digest of everything that the weights depend on; a checkpoint of another is refused.
    until
        Stop after this step as if killed there, but with a checkpoint; 0 for the last one.

    Returns
    -------
    The averaged network.

    Raises
    ------
    UsageError
        A checkpoint is damaged or belongs to another training.
    """
    fabric = Fabric(accelerator=length.device, devices=1, precision=length.precision)
    player = method.players[NETWORK]
    method.model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = player.optimisation.optimiser(method.model.parameters())
    player.module, player.optimiser = fabric.setup(method.model, optimiser)
    method.feed.to(fabric.device)
    average = Average(method.model, length.ema)
    mark = load_checkpoint(folder, stamp, method, average)
    end = until or length.steps
    journal = Journal(folder, mark.step)
    try:
        for step in range(mark.step + 1, end + 1):
            # A turn hands its feed on to the method and never looks at it; ours has a feed of vessels of its own.
            feed = cast("Feed", method.feed)
            turn = Turn(
                fabric, feed, step, length.steps, method.players, average, length.accumulate
            )
            with drawn_by_layers(length.seed, step):
                method.model.train()
                method(turn)
            average.update(method.model, step)
            mark.step = step
            journal.write(step, "loss", turn.terms)
            if step == end or step % length.save_every == 0:
                save_checkpoint(folder, mark, method, average)
            on_step(Progress(step, length.steps, turn.terms))
    finally:
        journal.close()
    return cast("LoopNet", average.module.eval())
