from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pathoflow.data import PaintedData
from pathoflow.networks import Architecture
from pathoflow.training.settings import Schedule, StarterSettings


@pytest.fixture
def make_settings() -> Callable[..., StarterSettings]:
    """Settings of the smallest training there is; keywords replace entries."""

    def make(**entries: Any) -> StarterSettings:
        values: dict[str, Any] = {
            "name": "tiny",
            "version": "0",
            "title": "Tiny",
            "target": "vessel",
            "mpp": 2.0,
            "halo_px": 16,
            "threshold": 0.5,
            "architecture": Architecture(
                "Unet", "mobilenet_v2", {"encoder_depth": 2, "decoder_channels": [8, 4]}
            ),
            "data": PaintedData((1, 2), (3,), patch_px=256, bank_mpp=2.0),
            "schedule": Schedule(steps=3, batch=2, crop_px=32, validate_every=2),
            "encoder_origin": "nowhere",
            "encoder_sha256": "",
            "licence": "MIT",
            "limits": ("Tests only.",),
        }
        return StarterSettings(**{**values, **entries})

    return make
