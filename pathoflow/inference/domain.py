"""How far a slide's tissue lies from what a network learned from.

A network answers on any picture, also on kidney or on a fluorescence scan, and does so with confidence. Its encoder's
features tell foreign tissue apart: see `pathoflow.networks.Domain` for the measure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pathoflow.errors import TileUnreadable
from pathoflow.inference.target import Target
from pathoflow.networks import Network
from pathoflow.space import Box, Size

# Training took the same pieces: those of which more than this is tissue.
_MOSTLY = 0.7


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

    Where no piece is mostly tissue, as on a biopsy, the fullest is taken. None where the card holds no statistics, there
    is no tissue, or no piece can be read.
    """
    domain = network.domain
    if domain is None:
        return None
    distances = []
    for box in _samples(target, domain.patch_px, n_samples):
        try:
            rgb = target.slide.read(box, mpp=target.mpp)
        except TileUnreadable:
            continue
        distances.append(domain.distance(network.features(rgb[None])[0]))
    if not distances:
        return None
    return DomainDistance(
        network.card.name, float(np.median(distances)), domain.limit, len(distances)
    )


def _samples(target: Target, side: int, n_samples: int) -> list[Box]:
    """Squares of ``side`` pixels that are mostly tissue, spread over all of them; else the fullest one."""
    # The last of a row or column may reach beyond the slide: what is missing there counts as no tissue.
    boxes = [
        Box(piece.top, piece.left, side, side)
        for piece in target.size.box().pieces(Size(side, side))
        if target.tissue.covers(piece, target.frame)
    ]
    if not boxes:
        return []
    shares = np.array([target.tissue.resample(box, target.frame).mean() for box in boxes])
    full = np.flatnonzero(shares > _MOSTLY)
    if not len(full):
        return [boxes[int(shares.argmax())]]
    picks = np.unique(np.linspace(0, len(full) - 1, n_samples).round().astype(int))
    return [boxes[full[pick]] for pick in picks]
