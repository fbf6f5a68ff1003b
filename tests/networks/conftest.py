from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pathoflow.networks import Architecture, DomainCard, NetworkCard, Normalisation, save_card

# Small as such networks go: 0.6 million weights.
SMALL = Architecture("Unet", "mobilenet_v2", {"encoder_depth": 2, "decoder_channels": [8, 4]})


@pytest.fixture
def card() -> NetworkCard:
    """A complete card; the checksum is nobody's."""
    return NetworkCard(
        name="test-network",
        version="1.0",
        title="Vessels, for tests",
        architecture=SMALL,
        classes=("vessel", "duct"),
        mpp=2.0,
        halo_px=32,
        normalisation=Normalisation((0.5, 0.4, 0.3), (0.1, 0.2, 0.3)),
        threshold=0.4,
        licence="MIT",
        training={"seeds": [1, 2], "origin": {"from": "nothing"}},
        metrics={"iou": 0.5},
        limits=("Tests only.",),
        weights_sha256="0" * 64,
        synthetic=True,
        domain=DomainCard(3.5, 64, "1" * 64),
    )


@pytest.fixture
def make_folder(tmp_path: Path, card: NetworkCard) -> Callable[..., Path]:
    """Write a network folder around a module; keywords replace entries of the card."""

    def make(module: Any, **entries: Any) -> Path:
        from pathoflow.networks.weights import save_weights

        folder = tmp_path / "network"
        folder.mkdir(exist_ok=True)
        sha = save_weights(module, folder)
        save_card(replace(card, **{"weights_sha256": sha, "domain": None, **entries}), folder)
        return folder

    return make
