from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pathoflow.networks import load_card
from pathoflow.networks.card import Architecture
from pathoflow.networks.footprint import bytes_per_pixel
from pathoflow.networks.registry import BUNDLED


@pytest.fixture
def card() -> Any:
    return load_card(BUNDLED / "vessel-starter")


def test_the_largest_layer_counts_with_what_goes_in_and_out(card: Any) -> None:
    # The first block of EfficientNet-Lite0 that widens its input does so at half the side: 16 channels become 96 before
    # a batch norm and an activation of 96 to 96, four bytes each: (96 + 96) * 4 / 4 = 192 bytes per pixel, twice.
    assert bytes_per_pixel(card) == pytest.approx(2 * 192)


def test_a_wider_network_takes_more(card: Any) -> None:
    wide = replace(card, architecture=Architecture("Unet", "resnet34"))
    # 64 channels in and out at half the side are 128; the decoder's last but one layer at full side takes 32 channels
    # and gives 16, and its first step at full side 32 + 32 before: no less than 256 per pixel in all.
    assert bytes_per_pixel(wide) >= 2 * 192
    assert bytes_per_pixel(wide) > bytes_per_pixel(card)
