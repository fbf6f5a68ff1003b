from __future__ import annotations

import pytest

from pathoflow.errors import UsageError
from pathoflow.inference import InferenceSettings
from pathoflow.inference.memory import within_memory_of

SETTINGS = InferenceSettings()


def sizes(max_gb: float, **changed: int) -> tuple[int, int]:
    settings = InferenceSettings(**changed) if changed else SETTINGS
    found = within_memory_of(max_gb, settings, halo_px=96, bytes_per_pixel=400)
    return found.tile_px, found.block_px


def test_with_memory_to_spare_nothing_changes() -> None:
    assert within_memory_of(8, SETTINGS, 96, 400) is SETTINGS


def test_less_memory_means_smaller_tiles_and_then_smaller_blocks() -> None:
    # 1216² px at 400 bytes are 0.59 GB, with 0.03 GB of waiting tiles and 0.10 GB of blocks; labelling 4096² px at 22
    # bytes takes 0.37 GB; 0.75 GB are always there.
    assert sizes(1.5) == (1024, 4096)
    assert sizes(1.4) == (512, 4096)
    # 704² px at 400 bytes are 0.20 GB; labelling 2048² px takes 0.09 GB.
    assert sizes(1.1) == (512, 2048)
    assert sizes(0.9) == (256, 2048)


def test_nothing_grows() -> None:
    assert sizes(8, tile_px=256, block_px=1024) == (256, 1024)
    assert sizes(0.9, tile_px=256, block_px=1024) == (256, 1024)


def test_too_little_is_refused_with_what_would_do() -> None:
    with pytest.raises(UsageError, match=r"max-ram 0\.5 GB is too little .* at least 0\.9 GB"):
        sizes(0.5)
