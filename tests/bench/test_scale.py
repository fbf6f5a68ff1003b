from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile

from pathoflow.bench.scale import ScaleCost, peak_gb, run_repeated, table_of
from pathoflow.inference import InferenceSettings
from pathoflow.pipeline import RunSettings


def test_ratios_are_to_the_second_size_for_the_first_pays_what_is_done_once() -> None:
    costs = [
        ScaleCost(1000, 2.0, 5.0, 6.0, 1.0),
        ScaleCost(2000, 8.0, 8.0, 12.0, 1.25),
        ScaleCost(4000, 32.0, 40.0, 48.0, 1.5),
    ]
    rows = table_of(costs, {}).plain()["rows"]
    assert [row["wall ms per mm² of tissue"] for row in rows] == [2500, 1000, 1250]
    assert [row["ratio"] for row in rows] == [2.5, 1, 1.25]
    assert [row["CPU ms per mm² of tissue"] for row in rows] == [3000, 1500, 1500]
    assert [row["ratio of memory"] for row in rows] == [0.8, 1, 1.2]


def test_one_size_alone_is_its_own_base() -> None:
    (row,) = table_of([ScaleCost(1000, 2.0, 5.0, 6.0, 1.0)], {}).plain()["rows"]
    assert (row["ratio"], row["ratio of memory"]) == (1, 1)


def test_a_repeated_slide_is_analysed_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "pink.tiff"
    pixels = np.full((256, 256, 3), (226, 170, 196), np.uint8)
    # 5,000 pixels per centimetre are 2 µm per pixel.
    tifffile.imwrite(
        path, pixels, photometric="rgb", tile=(128, 128), resolution=(5000, 5000), resolutionunit=3
    )
    settings = RunSettings(device="cpu", inference=InferenceSettings(tile_px=256, block_px=512))
    cost = run_repeated(path, 2, settings, maps_only="tissue-starter")
    assert cost.side_px == 512
    # (512 px * 2 µm)²; the maps alone do not tell how much of it is tissue.
    assert cost.tissue_mm2 == pytest.approx(1.048576)
    assert cost.wall_s > 0
    assert 0 < cost.peak_gb <= peak_gb()
