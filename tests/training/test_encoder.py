from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from pathoflow.errors import UsageError
from pathoflow.networks import Architecture, build_module, find_network, load_card, load_network
from pathoflow.training.encoder import load_encoder, load_start

TINY = Architecture("Unet", "mobilenet_v2", {"encoder_depth": 2, "decoder_channels": [8, 4]})


def module(seed: int, architecture: Architecture = TINY, classes: int = 1) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build_module(architecture, classes)


@pytest.fixture
def stored(tmp_path: Path) -> tuple[Path, dict[str, np.ndarray]]:
    encoder: nn.Module = module(7).encoder  # type: ignore[assignment]
    arrays = {k: v.numpy().astype(np.float16) for k, v in encoder.state_dict().items()}
    np.savez(tmp_path / "encoder.npz", **arrays)  # type: ignore[arg-type]
    return tmp_path / "encoder.npz", arrays


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_encoder_takes_the_weights_and_the_decoder_stays(
    stored: tuple[Path, dict[str, np.ndarray]],
) -> None:
    path, arrays = stored
    fresh, before = module(1), module(1).state_dict()
    load_encoder(fresh, path, sha(path))
    for key, value in fresh.state_dict().items():
        if key.startswith("encoder."):
            wanted = arrays[key.removeprefix("encoder.")]
            np.testing.assert_array_equal(value.numpy(), wanted.astype(value.numpy().dtype))
        else:
            assert torch.equal(value, before[key])


def test_other_weights_than_those_named_are_refused(
    stored: tuple[Path, dict[str, np.ndarray]],
) -> None:
    path, _ = stored
    with pytest.raises(UsageError, match="the config asks for 00"):
        load_encoder(module(1), path, "00")
    with pytest.raises(UsageError, match="cannot be read"):
        load_encoder(module(1), path.with_name("none.npz"), "00")


@pytest.mark.parametrize("damage", ["missing", "shape"])
def test_weights_of_another_encoder_are_refused(
    stored: tuple[Path, dict[str, np.ndarray]], damage: str
) -> None:
    path, arrays = stored
    name = next(iter(arrays))
    del arrays[name]
    if damage == "shape":
        arrays[name] = np.zeros(3, np.float16)
    np.savez(path, **arrays)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="lack 1 tensors, first 'features"):
        load_encoder(module(1), path, sha(path))


def test_a_network_to_start_with_gives_all_but_a_head_for_other_classes() -> None:
    card = load_card(find_network("vessel-starter"))
    weights = load_network("vessel-starter", "cpu", "torch").module.state_dict()
    same, other = module(1, card.architecture), module(1, card.architecture, 3)
    for one in (same, other):
        load_start(one, "vessel-starter")
    assert all(torch.equal(v, weights[k]) for k, v in same.state_dict().items())
    differ = {k for k, v in other.state_dict().items() if v.shape != weights[k].shape}
    assert differ == {"segmentation_head.0.weight", "segmentation_head.0.bias"}
    assert all(torch.equal(v, weights[k]) for k, v in other.state_dict().items() if k not in differ)
