"""Stream networks over a slide: read ahead, predict, write blocks, remember what is done.

    tissue ─> lattice of blocks ─> tiles with halo ─> read-ahead threads ─> networks ─> one writer ─> OME-Zarr + ledger

A block is a pure function of the pixels under it and its halo, so any order and any restart give the same bytes.
"""

from pathoflow.inference.domain import DomainDistance, measure_domain
from pathoflow.inference.engine import Target, TileTally, predict_slide
from pathoflow.inference.ledger import Ledger
from pathoflow.inference.settings import InferenceSettings

__all__ = [
    "DomainDistance",
    "InferenceSettings",
    "Ledger",
    "Target",
    "TileTally",
    "measure_domain",
    "predict_slide",
]
