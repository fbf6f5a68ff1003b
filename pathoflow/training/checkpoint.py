"""A training that can be stopped at any moment and goes on to the same weights: one file, no pickles.

All tensors lie in one safetensors file, written whole or not at all:

    network/<weight>            weights of each player, by its name
    network.optimiser/<i>/<key> what its optimiser remembers of parameter i
    average/<weight>            the averaged network
    step/<key>                  what the method keeps, such as a teacher's maps

The header holds the step, the best score so far and a digest of the settings. Learning rates and random draws are
functions of the step and need no keeping.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import nn

from pathoflow.errors import UsageError
from pathoflow.store.atomic import write_bytes
from pathoflow.training.average import Average
from pathoflow.training.step import Player, Step

NAME = "checkpoint.safetensors"


@dataclass
class Mark:
    """How far a training is."""

    step: int = 0
    #: Digest of all settings that the weights depend on.
    settings: str = ""
    best: float = float("-inf")
    best_step: int = 0


def save_checkpoint(folder: Path, mark: Mark, method: Step, average: Average) -> None:
    """Write everything a resumed run needs; an earlier checkpoint stays until this one is whole."""
    tensors: dict[str, torch.Tensor] = {}
    for name, player in method.players.items():
        tensors |= _under(name, player.module.state_dict())
        tensors |= _under(f"{name}.optimiser", _memory(player))
    tensors |= _under("average", average.module.state_dict())
    tensors |= _under("step", method.state())
    about = {"mark": json.dumps(vars(mark))}
    # Tensors that share memory are refused, and later steps write on where these lie.
    own = {key: value.detach().cpu().clone().contiguous() for key, value in tensors.items()}
    write_bytes(folder / NAME, save(own, about))


def load_checkpoint(folder: Path, settings: str, method: Step, average: Average) -> Mark:
    """Take everything back; a mark of step 0 where nothing was kept.

    Raises
    ------
    UsageError
        The checkpoint is damaged or belongs to other settings.
    """
    path = folder / NAME
    if not path.exists():
        return Mark(settings=settings)
    mark, tensors = _read(path)
    if mark.settings != settings:
        raise UsageError(
            f"{path} belongs to a training with other settings or data: give another folder, or delete it."
        )
    _take(tensors, list(method.players), method, average)
    return mark


def begin_from(folder: Path, settings: str, method: Step, average: Average) -> Mark:
    """Go on from another training's checkpoint; players that it does not know stay as they are.

    Raises
    ------
    UsageError
        There is no checkpoint, or it is damaged.
    """
    path = folder / NAME
    if not path.exists():
        raise UsageError(f"{folder} holds no checkpoint to begin from: train there first.")
    mark, tensors = _read(path)
    known = {key.split("/")[0] for key in tensors}
    _take(tensors, [name for name in method.players if name in known], method, average)
    mark.settings = settings
    return mark


def _read(path: Path) -> tuple[Mark, dict[str, torch.Tensor]]:
    try:
        with safe_open(path, framework="pt") as stored:
            mark = Mark(**json.loads((stored.metadata() or {})["mark"]))
            return mark, {key: stored.get_tensor(key) for key in stored.keys()}  # noqa: SIM118
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"{path} is damaged ({error}): delete it to train from the beginning."
        ) from error


def _take(
    tensors: Mapping[str, torch.Tensor], names: list[str], method: Step, average: Average
) -> None:
    for name in names:
        player = method.players[name]
        player.module.load_state_dict(_below(name, tensors))
        _remember(player, _below(f"{name}.optimiser", tensors))
    average.module.load_state_dict(_below("average", tensors))
    method.restore(_below("step", tensors))


def _under(name: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {f"{name}/{key}": value for key, value in tensors.items()}


def _below(name: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    start = f"{name}/"
    return {k.removeprefix(start): v for k, v in tensors.items() if k.startswith(start)}


def _memory(player: Player) -> dict[str, torch.Tensor]:
    """What an optimiser remembers, flat."""
    if player.optimiser is None:
        return {}
    found = player.optimiser.state_dict()["state"]
    return {
        f"{index}/{key}": value if isinstance(value, torch.Tensor) else torch.tensor(value)
        for index, entries in found.items()
        for key, value in entries.items()
    }


def _remember(player: Player, flat: Mapping[str, torch.Tensor]) -> None:
    if player.optimiser is None:
        return
    state: dict[int, dict[str, Any]] = {}
    for key, value in flat.items():
        index, _, name = key.partition("/")
        state.setdefault(int(index), {})[name] = value
    whole = player.optimiser.state_dict()
    player.optimiser.load_state_dict({**whole, "state": state})


def load_module(module: nn.Module, path: Path) -> None:
    """Take weights that `save_module` wrote."""
    with safe_open(path, framework="pt") as stored:
        module.load_state_dict({key: stored.get_tensor(key) for key in stored.keys()})  # noqa: SIM118


def save_module(module: nn.Module, path: Path) -> None:
    """Write a module's weights as they are, whole or not at all."""
    own = {key: value.detach().cpu().contiguous() for key, value in module.state_dict().items()}
    write_bytes(path, save(own))
