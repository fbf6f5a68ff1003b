from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from pathoflow.data import PatchSet
from pathoflow.networks import Network, find_network, load_card, load_network
from pathoflow.training.product import save_network, tissue_features

Patches = Callable[..., PatchSet]


def test_only_patches_that_are_mostly_tissue_count() -> None:
    class Colours(torch.nn.Module):
        def encoder(self, x: torch.Tensor) -> list[torch.Tensor]:
            return [x]

    pixels = np.full((3, 10, 10, 3), 255, np.uint8)
    pixels[1] = 100
    pixels[2, :, :7] = 100
    card = load_card(find_network("vessel-starter"))
    found = tissue_features(Network(card, Colours(), torch.device("cpu")), pixels)
    # The third is tissue by 70 %, not by more.
    mean, std = (np.array(v) for v in (card.normalisation.mean, card.normalisation.std))
    np.testing.assert_allclose(found, [(100 / 255 - mean) / std], rtol=1e-5)


def test_the_stored_statistics_are_those_of_the_tissue_it_saw(
    patches: Patches, tmp_path: Path
) -> None:
    start = load_network("vessel-starter", "cpu", "torch")
    draft = replace(start.card, name="mine", domain=None)
    seen, held_out = patches(6, 1).pixels, patches(3, 3).pixels
    card = save_network(start.module, draft, seen, held_out, tmp_path)
    assert card.name == "mine"
    network = load_network(tmp_path, "cpu")
    assert network.domain is not None
    known = tissue_features(network, seen)
    np.testing.assert_allclose(network.domain.mean, known.mean(0), rtol=0.02, atol=0.02)
    farthest = max(network.domain.distance(one) for one in tissue_features(network, held_out))
    assert 0 < farthest < network.domain.limit
