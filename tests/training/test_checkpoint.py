from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from torch import nn

from pathoflow.errors import UsageError
from pathoflow.networks.card import Normalisation
from pathoflow.training.average import Average
from pathoflow.training.checkpoint import (
    NAME,
    Mark,
    load_checkpoint,
    load_module,
    save_checkpoint,
    save_module,
)
from pathoflow.training.optimiser import Optimisation
from pathoflow.training.step import NETWORK
from pathoflow.training.supervised import Supervised

Tiny = Callable[[], nn.Module]


def method(tiny: Tiny) -> Supervised:
    made = Supervised(tiny(), Optimisation(), Normalisation())
    player = made.players[NETWORK]
    player.optimiser = player.optimisation.optimiser(player.module.parameters())
    return made


def test_weights_optimiser_and_average_come_back(tiny: Tiny, tmp_path: Path) -> None:
    one = method(tiny)
    player = one.players[NETWORK]
    player.module(torch.ones(2, 3, 8, 8)).sum().backward()
    assert player.optimiser is not None
    player.optimiser.step()
    average = Average(tiny(), 0.5)
    average.update(player.module, 1)
    save_checkpoint(tmp_path, Mark(7, "stamp", 0.25, 6), one, average)

    other, fresh = method(tiny), Average(tiny(), 0.5)
    mark = load_checkpoint(tmp_path, "stamp", other, fresh)
    assert mark == Mark(7, "stamp", 0.25, 6)
    pairs = [(player.module, other.players[NETWORK].module), (average.module, fresh.module)]
    for left, right in pairs:
        states = zip(left.state_dict().values(), right.state_dict().values(), strict=True)
        assert all(torch.equal(a, b) for a, b in states)
    again = other.players[NETWORK].optimiser
    assert again is not None
    kept, found = (o.state_dict()["state"] for o in (player.optimiser, again))
    assert kept.keys() == found.keys() != set()
    assert all(torch.equal(kept[i][k], found[i][k]) for i in kept for k in kept[i])


def test_it_is_plain_tensors_that_other_tools_can_read(tiny: Tiny, tmp_path: Path) -> None:
    save_checkpoint(tmp_path, Mark(1), method(tiny), Average(tiny(), 0.5))
    with safe_open(tmp_path / NAME, framework="np") as stored:
        roots = {key.split("/")[0] for key in stored.keys()}  # noqa: SIM118
    assert {"network", "average"} <= roots


def test_without_a_checkpoint_a_training_begins_at_its_beginning(
    tiny: Tiny, tmp_path: Path
) -> None:
    assert load_checkpoint(tmp_path, "x", method(tiny), Average(tiny(), 0.5)) == Mark(0, "x")


def test_a_header_without_a_mark_is_damage(tiny: Tiny, tmp_path: Path) -> None:
    save_module(tiny(), tmp_path / NAME)
    with pytest.raises(UsageError, match="is damaged"):
        load_checkpoint(tmp_path, "x", method(tiny), Average(tiny(), 0.5))


def test_a_module_comes_back_as_it_was(tiny: Tiny, tmp_path: Path) -> None:
    one, other = tiny(), tiny()
    with torch.no_grad():
        next(one.parameters()).fill_(0.123)
    save_module(one, tmp_path / "m.safetensors")
    load_module(other, tmp_path / "m.safetensors")
    assert all(
        torch.equal(a, b)
        for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    )
