from __future__ import annotations

import importlib.util
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from pathoflow.networks import NetworkCard, build_module
from pathoflow.networks.backends.precision import cpu_has_bfloat16


@pytest.fixture
def needs_openvino() -> None:
    """Skip where the extra is not installed."""
    if importlib.util.find_spec("openvino") is None:
        pytest.skip("needs the extra openvino")


@pytest.fixture
def needs_bfloat16() -> None:
    """Skip where it would be emulated."""
    if not cpu_has_bfloat16():
        pytest.skip("this CPU does not multiply in bfloat16")


@pytest.fixture
def make_module(card: NetworkCard) -> Callable[[], nn.Module]:
    """The card's architecture in evaluation mode; the same random weights every time."""

    def make() -> nn.Module:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            module = build_module(card.architecture, len(card.classes))
        return module.eval().to(memory_format=torch.channels_last)

    return make


@pytest.fixture
def pixels() -> np.ndarray:
    """Two tiles of 64 x 96 pixels."""
    return np.random.default_rng(0).integers(0, 256, (2, 64, 96, 3), np.uint8)


@pytest.fixture
def expected(
    make_module: Callable[[], nn.Module], card: NetworkCard, pixels: np.ndarray
) -> np.ndarray:
    """What the module says, by the formulas written out: ``255 / (1 + exp(-logit))`` of normalised pixels."""
    x = (pixels / 255 - np.array(card.normalisation.mean)) / np.array(card.normalisation.std)
    with torch.inference_mode():
        logits = make_module()(torch.from_numpy(x.transpose(0, 3, 1, 2)).float()).numpy()
    return 255 / (1 + np.exp(-logits.astype(np.float64)))
