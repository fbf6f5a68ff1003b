from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from pathoflow.errors import OutOfMemory
from pathoflow.networks import Network, NetworkCard
from pathoflow.networks.backends.make import make_backend

pytestmark = pytest.mark.gpu

CUDA = torch.device("cuda")


@pytest.mark.parametrize(("name", "levels"), [("torch", 2), ("torch-fp16", 4), ("torch-bf16", 12)])
def test_a_gpu_says_what_the_formulas_say(
    name: str,
    levels: int,
    make_module: Callable[[], nn.Module],
    card: NetworkCard,
    pixels: np.ndarray,
    expected: np.ndarray,
    tmp_path: Path,
) -> None:
    module = make_module().to(CUDA)
    maps, is_number = make_backend(name, module, card, CUDA, tmp_path).start(pixels)()
    assert is_number
    assert np.abs(maps - expected).max() <= levels


def test_pixels_may_be_overwritten_and_many_calls_be_under_way(
    make_module: Callable[[], nn.Module], card: NetworkCard, pixels: np.ndarray, tmp_path: Path
) -> None:
    backend = make_backend("torch-fp16", make_module().to(CUDA), card, CUDA, tmp_path)
    shown = [pixels, 255 - pixels, pixels // 2]
    alone = [backend.start(each.copy())().maps for each in shown]
    waits = []
    for each in shown:
        reused = each.copy()
        waits.append(backend.start(reused))
        reused[:] = 0
    for wait, expected in zip(reversed(waits), reversed(alone), strict=True):
        assert np.array_equal(wait().maps, expected)


def test_too_many_pixels_are_out_of_memory_and_fewer_still_go(
    make_module: Callable[[], nn.Module], card: NetworkCard, pixels: np.ndarray
) -> None:
    network = Network(card, make_module().to(CUDA), CUDA)
    free, total = torch.cuda.mem_get_info()
    torch.cuda.set_per_process_memory_fraction(0.01)
    try:
        with pytest.raises(OutOfMemory, match="not enough memory"):
            network.predict(np.zeros((64, 2048, 2048, 3), np.uint8))
        assert network.predict(pixels).shape == (2, 2, 64, 96)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert 0 < free <= total
