"""Stream networks over a slide: read ahead, predict, write blocks, remember what is done.

    tissue ─> plan: blocks, tiles with halo ─> stream: read-ahead threads ─> networks ─> one writer ─> OME-Zarr
                                                                   engine: what is done already ─> ledger

A block is a pure function of the pixels under it and its halo, so any order and any restart give the same bytes.
"""

from pathoflow.inference.domain import DomainDistance, measure_domain
from pathoflow.inference.engine import Progress, RunBlocks, TileTally, Work, predict_slide
from pathoflow.inference.ledger import Entry, Ledger
from pathoflow.inference.memory import within_memory_of
from pathoflow.inference.plan import BlockPlan, plan_slide
from pathoflow.inference.settings import InferenceSettings
from pathoflow.inference.stream import OnBlock, OnTiles, stream_blocks
from pathoflow.inference.target import Mask, Target

__all__ = [
    "BlockPlan",
    "DomainDistance",
    "Entry",
    "InferenceSettings",
    "Ledger",
    "Mask",
    "OnBlock",
    "OnTiles",
    "Progress",
    "RunBlocks",
    "Target",
    "TileTally",
    "Work",
    "measure_domain",
    "plan_slide",
    "predict_slide",
    "stream_blocks",
    "within_memory_of",
]
