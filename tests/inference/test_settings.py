from __future__ import annotations

import pytest

from pathoflow.inference import InferenceSettings


def test_the_defaults_are_allowed() -> None:
    assert InferenceSettings().block_px % InferenceSettings().tile_px == 0


@pytest.mark.parametrize("name", ["tile_px", "block_px", "batch", "read_threads", "read_ahead"])
@pytest.mark.parametrize("value", [0, -1])
def test_nothing_is_zero_or_less(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"{name} must be at least 1, got {value}"):
        InferenceSettings(**{name: value})


@pytest.mark.parametrize(("tile", "block"), [(100, 400), (64, 96), (64, 32), (1, 32)])
def test_tiles_fit_networks_and_blocks_fit_tiles(tile: int, block: int) -> None:
    with pytest.raises(ValueError, match="tile_px must be a multiple of 32"):
        InferenceSettings(tile_px=tile, block_px=block)
