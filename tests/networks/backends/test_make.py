from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from pathoflow.networks import NetworkCard
from pathoflow.networks.backends import make
from pathoflow.networks.backends.make import dtype_of, make_backend

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


@pytest.mark.parametrize(
    ("name", "device", "dtype"),
    [
        ("torch", CPU, "float32"),
        ("torch-bf16", CPU, "bfloat16"),
        ("openvino", CPU, "float32"),
        ("openvino-bf16", CPU, "bfloat16"),
        ("torch", CUDA, "float32"),
        ("torch-fp16", CUDA, "float16"),
        ("torch-bf16", CUDA, "bfloat16"),
        ("torch-compile", CUDA, "float16"),
    ],
)
def test_a_name_says_in_what_is_multiplied(name: str, device: torch.device, dtype: str) -> None:
    assert dtype_of(name, device) == dtype


@pytest.mark.parametrize(("has", "dtype"), [(True, "bfloat16"), (False, "float32")])
def test_compiled_code_takes_the_quickest_there_is(
    has: bool, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make, "cpu_has_bfloat16", lambda: has)
    assert dtype_of("torch-compile", CPU) == dtype


def test_torch_says_what_the_formulas_say(
    make_module: Callable[[], nn.Module],
    card: NetworkCard,
    pixels: np.ndarray,
    expected: np.ndarray,
    tmp_path: Path,
) -> None:
    backend = make_backend("torch", make_module(), card, CPU, tmp_path)
    assert backend.name == "torch"
    assert np.abs(backend.start(pixels)().maps - expected).max() < 0.51
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("needs_bfloat16")
def test_bfloat16_is_near(
    make_module: Callable[[], nn.Module],
    card: NetworkCard,
    pixels: np.ndarray,
    expected: np.ndarray,
    tmp_path: Path,
) -> None:
    backend = make_backend("torch-bf16", make_module(), card, CPU, tmp_path)
    # Eight bits of mantissa through some ten layers.
    assert 0.5 < np.abs(backend.start(pixels)().maps - expected).max() < 12


def test_weights_are_halved_in_a_copy_and_only_where_autocast_would() -> None:
    module = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.ConvTranspose2d(4, 2, 1))
    half = make._half(module, torch.bfloat16)
    kinds = {key: value.dtype for key, value in half.state_dict().items()}
    assert kinds["0.weight"] == kinds["2.bias"] == torch.bfloat16
    assert kinds["1.weight"] == kinds["1.running_var"] == torch.float32
    assert {v.dtype for v in module.parameters()} == {torch.float32}
