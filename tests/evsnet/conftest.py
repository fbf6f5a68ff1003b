from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from pathoflow.data import PatchSet
from pathoflow.networks.card import Normalisation
from pathoflow.training.augment import Augmentation
from pathoflow.training.feed import Feed
from pathoflow.training.methods import Setup
from pathoflow.training.schedule import Schedule


class Tiny(nn.Module):
    """A few convolutions, so that steps take milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.Conv2d(8, 1, 3, padding=1),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.layers(x)
        return out


def toy_patches(n: int, seed: int = 0, side: int = 64) -> PatchSet:
    """Dark tissue with a white disc here or there, which is the vessel."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(60, 120, (n, side, side, 3), np.uint8)
    pixels += rng.integers(0, 80, (n, 1, 1, 3), np.uint8)
    y, x = np.mgrid[:side, :side]
    centres, radii = rng.uniform(20, side - 20, (n, 2)), rng.uniform(8, 14, n)
    masks = np.array(
        [(y - cy) ** 2 + (x - cx) ** 2 < r**2 for (cy, cx), r in zip(centres, radii, strict=True)]
    )
    pixels[masks] = 250
    groups = tuple(f"slide-{i % 4}" for i in range(n))
    return PatchSet(
        pixels, masks[:, None], np.ones((n, side, side), bool), ("vessel",), 2.0, groups
    )


@pytest.fixture
def patches() -> Callable[..., PatchSet]:
    return toy_patches


@pytest.fixture
def schedule() -> Schedule:
    return Schedule(
        steps=20,
        batch=2,
        validate_every=10,
        save_every=5,
        picture_every=0,
        device="cpu",
        augmentation=Augmentation(crop_px=32),
    )


@pytest.fixture
def feed() -> Feed:
    unlabelled = toy_patches(6, 1).without_labels()
    return Feed(toy_patches(4), unlabelled, Augmentation(crop_px=32), batch=2, seed=4)


@pytest.fixture
def setup(schedule: Schedule) -> Setup:
    return Setup(Normalisation(), schedule, True, {})


@pytest.fixture
def tiny() -> Callable[[], nn.Module]:
    def make() -> nn.Module:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(3)
            return Tiny()

    return make
