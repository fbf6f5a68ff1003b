from __future__ import annotations

import numpy as np
import pytest
import torch

from pathoflow.networks.backends.cpu import CpuBackend


class Said:
    """A network that notes in what it was asked to multiply."""

    def __init__(self, total: float = 0.0) -> None:
        self.total = total
        self.reduced: torch.dtype | None = None

    def __call__(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        assert torch.is_inference_mode_enabled()
        self.reduced = (torch.ones(2, 2) @ torch.ones(2, 2)).dtype
        return pixels.permute(0, 3, 1, 2), torch.tensor(self.total)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_it_multiplies_in_what_it_says(dtype: str, pixels: np.ndarray) -> None:
    run = Said()
    maps, is_number = CpuBackend("torch", dtype, run).start(pixels)()
    assert str(run.reduced) == f"torch.{dtype}"
    assert np.array_equal(maps, pixels.transpose(0, 3, 1, 2))
    assert is_number


def test_a_sum_that_is_no_number_is_told(pixels: np.ndarray) -> None:
    assert not CpuBackend("torch", "float32", Said(float("nan"))).start(pixels)().is_number
