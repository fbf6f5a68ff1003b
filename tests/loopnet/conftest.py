from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from pathoflow.loopnet.examples import VesselExamples
from pathoflow.loopnet.grid import GridSettings
from pathoflow.loopnet.model import LoopNet, ModelSettings

SIDE, PLACE_PX = 3, 8
#: Colours of cells; white is 255.
PALE, DARK, SMALL = (215, 170, 200), (90, 40, 120), (150, 110, 190)


class Patches(nn.Module):
    """An encoder that looks at every place by itself."""

    def __init__(self, place_px: int, channels: int = 8) -> None:
        super().__init__()
        self.cut = nn.Conv2d(3, channels, place_px, stride=place_px)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        return [torch.relu(self.norm(self.cut(x)))]


def toy_examples(n: int, seed: int = 0, place_px: int = PLACE_PX) -> VesselExamples:
    """Vessels of 3 to 9 cells on 3 x 3 places; every other one is invaded: half of its cells, one at least, are dark."""
    rng = np.random.default_rng(seed)
    n_cells = rng.integers(3, 10, n)
    is_mvi = np.arange(n) % 2 == 1
    cancer, at = [], []
    for cells, invaded in zip(n_cells, is_mvi, strict=True):
        cancer.append(rng.permutation(cells) < (max(1, cells // 2) if invaded else 0))
        at.append(np.sort(rng.permutation(SIDE**2)[:cells]))
    is_cancer = np.concatenate(cancer)
    contents = tuple(
        "tumour" if m else ("leucocytes", "empty")[i % 4 // 2] for i, m in enumerate(is_mvi)
    )
    colours = np.where(is_cancer[:, None], DARK, PALE)
    pixels = colours[:, None, None] + rng.integers(-15, 16, (len(colours), place_px, place_px, 3))
    groups = tuple(f"slide-{i % 3}" for i in range(n))
    return VesselExamples(
        SIDE,
        pixels.astype(np.uint8),
        np.concatenate(at),
        is_cancer,
        n_cells,
        is_mvi,
        contents,
        groups,
    )


@pytest.fixture
def examples() -> Callable[..., VesselExamples]:
    return toy_examples


@pytest.fixture
def grid() -> GridSettings:
    return GridSettings(side=SIDE, place_px=PLACE_PX)


@pytest.fixture
def tiny(grid: GridSettings) -> Callable[..., LoopNet]:
    def make(pooling: str = "cells", seed: int = 3) -> LoopNet:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            settings = ModelSettings(hidden=(8, 8), pooling=pooling)  # type: ignore[arg-type]
            return LoopNet(Patches(PLACE_PX), 8, grid, settings)

    return make
