"""How far a slide's tissue lies from what a network learned from.

A network answers on any picture, also on kidney or on a fluorescence scan, and does so with confidence. Its encoder's
features tell foreign tissue apart: see `pathoflow.networks.Domain` for the measure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pathoflow.errors import TileUnreadable
from pathoflow.inference.engine import Target
from pathoflow.networks import Domain, Network
from pathoflow.space import Box, Size


@dataclass(frozen=True, slots=True)
class DomainDistance:
    """Median distance over sampled tissue, against the limit that held-out training tissue stays under."""

    network: str
    distance: float
    limit: float
    n_sampled: int

    @property
    def is_foreign(self) -> bool:
        """Whether the tissue is unlike anything the network learned from."""
        return self.distance > self.limit


def measure_domain(target: Target, network: Network, n_samples: int = 12) -> DomainDistance | None:
    """Distance of the slide's tissue from the training tissue of ``network``, from ``n_samples`` spread pieces.

    None where the card holds no statistics or no piece of the slide is mostly tissue.
    """
    domain = network.card.domain
    if domain is None:
        return None
    side = domain.patch_px
    full = [
        box
        for box in target.size.box().pieces(Size(side, side))
        if target.tissue.resample(box, target.frame).mean() > 0.7
    ]
    if not full:
        full = _centred_on_tissue(target, side)
    picks = np.unique(np.linspace(0, len(full) - 1, n_samples).round().astype(int)) if full else []
    distances = []
    for pick in picks:
        corner = full[pick]
        box = Box(corner.top, corner.left, side, side)
        try:
            rgb = target.slide.read(box, mpp=target.mpp)
        except TileUnreadable:
            continue
        distances.append(feature_distance(network.features(rgb[None])[0], domain))
    if not distances:
        return None
    return DomainDistance(network.card.name, float(np.median(distances)), domain.limit, len(distances))


def feature_distance(features: np.ndarray[tuple[int], np.dtype[np.float32]], domain: Domain) -> float:
    """Root mean square of the standardised feature vector."""
    standard = (features - np.asarray(domain.mean)) / np.asarray(domain.std)
    return float(np.sqrt(np.mean(standard**2)))


def _centred_on_tissue(target: Target, side: int) -> list[Box]:
    """For pieces of tissue smaller than a sample: the sample around the fullest place."""
    boxes = [b for b in target.size.box().pieces(Size(side, side)) if target.tissue.covers(b, target.frame)]
    shares = [float(target.tissue.resample(box, target.frame).mean()) for box in boxes]
    return [boxes[int(np.argmax(shares))]] if boxes else []
