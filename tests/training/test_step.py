from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from lightning_fabric import Fabric
from torch import nn

from pathoflow.training.average import Average
from pathoflow.training.feed import Feed
from pathoflow.training.optimiser import Optimisation
from pathoflow.training.step import NETWORK, Player, Stateless, Turn


@pytest.fixture
def turn(feed: Feed, tiny: Callable[[], nn.Module]) -> Turn:
    fabric = Fabric(accelerator="cpu", devices=1)
    module = tiny()
    player = Player(module, Optimisation(0.5, clip=1.0, shape="constant", warm_share=0))
    player.module, player.optimiser = fabric.setup(
        module, torch.optim.SGD(module.parameters(), 9.0)
    )
    return Turn(fabric, feed, 5, 10, {NETWORK: player}, Average(module, 0.9))


def test_a_step_has_the_rate_of_its_place_and_no_longer_gradient_than_allowed(turn: Turn) -> None:
    before = [p.detach().clone() for p in turn.players[NETWORK].module.parameters()]

    def losses(part: int) -> dict[str, torch.Tensor]:
        parameters = turn.players[NETWORK].module.parameters()
        return {"large": 1000 * torch.stack([p.sum() for p in parameters]).sum()}

    turn.update(NETWORK, losses)
    after = turn.players[NETWORK].module.parameters()
    moved = torch.cat([(a - b).flatten() for a, b in zip(after, before, strict=True)])
    # The gradient is cut to length 1 and the rate is 0.5, not the 9 that the optimiser was made with.
    assert float(moved.detach().norm()) == pytest.approx(0.5, rel=1e-4)
    assert turn.seconds[NETWORK] > 0


def test_figures_to_watch_move_nothing(turn: Turn) -> None:
    weight = next(turn.players[NETWORK].module.parameters())

    def losses(part: int) -> dict[str, torch.Tensor]:
        return {"none": 0 * weight.sum(), "_watched": 7 * weight.sum()}

    before = weight.detach().clone()
    turn.update(NETWORK, losses)
    assert torch.equal(weight, before)
    assert turn.terms["watched"] == pytest.approx(7 * float(before.sum()), rel=1e-5)


def test_a_move_without_a_loss_or_an_optimiser_is_a_fault_of_the_method(turn: Turn) -> None:
    with pytest.raises(RuntimeError, match="no loss"):
        turn.update(NETWORK, lambda part: {"_watched": torch.zeros(())})
    turn.players[NETWORK].optimiser = None
    with pytest.raises(RuntimeError, match="no optimiser"):
        turn.update(NETWORK, lambda part: {"loss": torch.zeros(())})


def test_stateless_methods_keep_nothing() -> None:
    method = Stateless()
    method.restore({})
    assert method.state() == {}
