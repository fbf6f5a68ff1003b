from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import pathoflow as pf
from pathoflow.inference import InferenceSettings, Work
from pathoflow.networks import Network, NetworkCard
from pathoflow.pipeline import RunSettings
from pathoflow.slide import Slide
from pathoflow.space import Frame
from pathoflow.tissue import TissueMask

SETTINGS = RunSettings(inference=InferenceSettings(tile_px=128, block_px=256))


class Constant(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.full((x.shape[0], 1, *x.shape[2:]), 1.0)


@pytest.fixture
def network(make_card: Any) -> Network:
    card: NetworkCard = make_card("vessel")
    return Network(card, Constant(), torch.device("cpu"))


@pytest.fixture
def tissue(slide: Slide) -> TissueMask:
    """The left half, at 8 µm/px: 75 rows, 100 columns."""
    pixels = np.zeros((75, 100), bool)
    pixels[:, :50] = True
    return TissueMask(pixels, Frame(16.0, 16.0), slide.mpp)


def test_any_network_gives_a_map_over_the_tissue(
    slide: Slide, network: Network, tissue: TissueMask, tmp_path: Path
) -> None:
    maps = pf.predict(slide, network, tmp_path / "maps.zarr", SETTINGS, tissue=tissue)
    found = maps["vessel"].read(maps["vessel"].size.box())
    # 0.6 x 0.8 mm at 2 µm/px; the tissue ends in the middle; sigmoid(1) = 0.731.
    assert found.shape == (300, 400)
    assert (found[:, :200] == round(255 * 0.731059)).all()
    assert not found[:, 200:].any()


def test_tissue_is_found_by_colour_where_it_is_not_given(
    slide: Slide, network: Network, tmp_path: Path
) -> None:
    maps = pf.predict(slide, [network], tmp_path / "maps.zarr", SETTINGS)
    # The slide is plain pink: all of it is tissue.
    assert maps["vessel"].read(maps["vessel"].size.box()).all()


def test_a_repeated_call_reads_back_what_is_done(
    slide: Slide, network: Network, tissue: TissueMask, tmp_path: Path
) -> None:
    out = tmp_path / "maps.zarr"
    first: list[tuple[int, int]] = []
    again: list[tuple[int, int]] = []
    pf.predict(slide, network, out, SETTINGS, Work(lambda *at: first.append(at)), tissue)
    pf.predict(slide, network, out, SETTINGS, Work(lambda *at: again.append(at)), tissue)
    # 300 x 200 pixels with tissue: three rows of two tiles.
    assert first == [(n, 6) for n in range(7)]
    assert again == [(6, 6)]
