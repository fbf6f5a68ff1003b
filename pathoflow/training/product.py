"""A trained module as a network folder that `pathoflow run` takes: card, weights, and what its tissue looked like."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from pathoflow.networks import (
    Domain,
    Network,
    NetworkCard,
    fit_domain,
    load_card,
    save_card,
    save_domain,
)
from pathoflow.networks.weights import save_weights


def save_network(
    module: nn.Module,
    draft: NetworkCard,
    seen: NDArray[np.uint8],
    held_out: NDArray[np.uint8],
    folder: Path,
) -> NetworkCard:
    """Write the folder, the card last: without a card it is no network.

    Parameters
    ----------
    seen, held_out
        Patches ``(n, h, w, 3)`` that it learned from and others; where hardly any is tissue, the card goes without the
        statistics by which foreign tissue is told.
    """
    folder.mkdir(parents=True, exist_ok=True)
    domain = domain_of(Network(draft, module.eval(), torch.device("cpu")), seen, held_out)
    about = None if domain is None else save_domain(domain, folder)
    save_card(replace(draft, weights_sha256=save_weights(module, folder), domain=about), folder)
    return load_card(folder)


def domain_of(
    network: Network, seen: NDArray[np.uint8], held_out: NDArray[np.uint8]
) -> Domain | None:
    """The statistics that tell foreign tissue apart, or None where there is too little tissue for them."""
    known, unseen = tissue_features(network, seen), tissue_features(network, held_out)
    if len(known) < 2 or not len(unseen):
        return None
    return fit_domain(known, unseen, seen.shape[1])


def tissue_features(network: Network, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Encoder features of those patches that are mostly tissue: ``(m, channels)``."""
    tissue = (pixels.min(axis=3) < 215).mean(axis=(1, 2)) > 0.7
    chosen = pixels[tissue]
    parts = [network.features(chosen[at : at + 8]) for at in range(0, len(chosen), 8)]
    return np.concatenate(parts) if parts else np.zeros((0, 0), np.float32)
