"""What training tissue looked like to a network's encoder, so that foreign tissue can be told apart.

A network answers on any picture. Its deepest encoder feature map, averaged over a piece of tissue, gives one vector f;
with the mean m, the standard deviations s and the correlations R of such vectors of training tissue,

    z = (f - m) / s        distance = sqrt(z' (R + 0.05 I)^-1 z / n)        n channels

is the Mahalanobis distance per channel, with a ridge because there are few pieces for so many channels. Own tissue lies
near 1. The idea is that of Lee et al., A Simple Unified Framework for Detecting Out-of-Distribution Samples, 2018.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import Code, NetworkError
from pathoflow.networks.card import DomainCard

DOMAIN_NAME = "domain.safetensors"
_RIDGE = 0.05
# Room above the held-out training pieces for other stains and scanners: our choice. On the slides tried, painted ones of
# another family stay under 1.0 where the limit is 1.2, real ones lie above 1.9.
_ROOM = 1.2


@dataclass(frozen=True)
class Domain:
    """Statistics of training tissue: ``mean`` has shape (channels,), ``precision`` (channels, channels)."""

    mean: NDArray[np.float32]
    #: ``diag(1/s) (R + 0.05 I)^-1 diag(1/s)``.
    precision: NDArray[np.float32]
    #: Pieces beyond this distance are foreign.
    limit: float
    #: Side of the pieces, in pixels of the network.
    patch_px: int

    def distance(self, features: NDArray[np.float32]) -> float:
        """Distance of one feature vector, shape (channels,)."""
        off = np.asarray(features, np.float64) - self.mean
        square = float(off @ self.precision @ off)
        # Rounding may take the square of almost nothing below 0.
        return math.sqrt(max(0.0, square) / len(off))


def fit_domain(known: NDArray[np.float32], held_out: NDArray[np.float32], patch_px: int) -> Domain:
    """Statistics of training features ``(m, channels)``; the limit is what 99 % of ``held_out`` stay under, with room."""
    mean = known.mean(0).astype(np.float64)
    std: NDArray[np.float64] = known.std(0) + 1e-6
    standard = (known - mean) / std
    correlation = standard.T @ standard / len(standard)
    inverse = np.linalg.inv(correlation + _RIDGE * np.eye(len(mean)))
    precision = (inverse / np.outer(std, std)).astype(np.float32)
    unlimited = Domain(mean.astype(np.float32), precision, np.inf, patch_px)
    distances = [unlimited.distance(row) for row in held_out]
    limit = round(_ROOM * float(np.quantile(distances, 0.99)), 4)
    return Domain(unlimited.mean, unlimited.precision, limit, patch_px)


def save_domain(domain: Domain, folder: Path) -> DomainCard:
    """Write the statistics into ``folder`` and return what the card says of them."""
    from safetensors.numpy import save

    path = folder / DOMAIN_NAME
    # Not save_file, which leaves a file that only its owner may read.
    path.write_bytes(save({"mean": domain.mean, "precision": domain.precision}))
    return DomainCard(domain.limit, domain.patch_px, hashlib.sha256(path.read_bytes()).hexdigest())


def load_domain(folder: Path, card: DomainCard) -> Domain:
    """Read the statistics that ``card`` speaks of.

    Raises
    ------
    NetworkError
        The file is missing, or not, byte for byte, the card's (code ``MODEL_HASH``).
    """
    from safetensors.numpy import load

    path = folder / DOMAIN_NAME
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NetworkError(
            f"{path} cannot be read: {error.strerror}. Restore the network folder."
        ) from error
    if hashlib.sha256(content).hexdigest() != card.sha256:
        raise NetworkError(
            f"{path} is not the one its card names: restore the network folder.", Code.MODEL_HASH
        )
    tensors = load(content)
    return Domain(tensors["mean"], tensors["precision"], card.limit, card.patch_px)
