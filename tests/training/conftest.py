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
from pathoflow.training.schedule import Schedule


class Tiny(nn.Module):
    """Three convolutions, with batch norm and dropout because those make resuming hard."""

    def __init__(self, classes: int = 1) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.Dropout(0.1),
            nn.Conv2d(8, classes, 3, padding=1),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.layers(x)
        return out


def toy_patches(n: int, seed: int = 0, side: int = 64) -> PatchSet:
    """Dark tissue with a white square, which is the vessel; patches differ in brightness and colour."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(60, 120, (n, side, side, 3), np.uint8)
    pixels += rng.integers(0, 80, (n, 1, 1, 3), np.uint8)
    masks = np.zeros((n, 1, side, side), bool)
    masks[:, :, 20:40, 10:30] = True
    pixels[masks[:, 0]] = 250
    groups = tuple(f"slide-{i % 3}" for i in range(n))
    return PatchSet(pixels, masks, np.ones((n, side, side), bool), ("vessel",), 2.0, groups)


@pytest.fixture
def patches() -> Callable[..., PatchSet]:
    return toy_patches


@pytest.fixture
def schedule() -> Schedule:
    """The shortest training there is."""
    return Schedule(
        steps=6,
        batch=3,
        validate_every=3,
        save_every=2,
        picture_every=3,
        device="cpu",
        augmentation=Augmentation(crop_px=32),
    )


@pytest.fixture
def feed() -> Feed:
    labelled = toy_patches(5)
    unlabelled = toy_patches(7, 1).without_labels()
    return Feed(labelled, unlabelled, Augmentation(crop_px=32), batch=3, seed=4)


@pytest.fixture
def tiny() -> Callable[[], nn.Module]:
    def make(classes: int = 1) -> nn.Module:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(3)
            return Tiny(classes)

    return make


@pytest.fixture
def plain() -> Normalisation:
    return Normalisation()
