"""The probability maps of one slide: which network answers for which class, and where the answers are kept."""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from pathoflow.inference import (
    InferenceSettings,
    Ledger,
    Target,
    TileTally,
    Work,
    predict_slide,
)
from pathoflow.networks import Network
from pathoflow.pipeline.settings import RunSettings
from pathoflow.slide import Slide
from pathoflow.space import Frame
from pathoflow.store import Pyramid, PyramidSpec, create_pyramid, n_levels_for
from pathoflow.tissue import TissueMask


def fingerprint(slide: Slide, networks: Sequence[Network], settings: RunSettings) -> dict[str, Any]:
    """All that the maps depend on; another fingerprint makes stored maps stale."""
    return {
        "maps": 1,
        "slide_sha256": slide.sha256,
        "mpp": [slide.mpp.y, slide.mpp.x],
        "networks": {n.card.name: [n.card.weights_sha256, *n.card.classes] for n in networks},
        "device": networks[0].device.type,
        # Backends differ in the last bits, so one map is made by one of them.
        "backend": [network.backend.name for network in networks],
        "tissue": [
            asdict(part)
            for part in (settings.quality.tissue, settings.quality.pen, settings.quality.film)
        ],
        "inference": _what_is_asked(settings.inference),
    }


def _what_is_asked(settings: InferenceSettings) -> dict[str, Any]:
    """Settings that can change a pixel of the maps, and none of those that only say how the work is spread."""
    return {name: getattr(settings, name) for name in ("tile_px", "block_px", "batch")}


class MapsPlace(Protocol):
    """Where maps lie; `ResultFolder` is one."""

    @property
    def analysis(self) -> Path:
        """The OME-Zarr."""

    @property
    def ledger(self) -> Path:
        """Folder that remembers which blocks are done."""


@dataclass(frozen=True)
class Map:
    """The probability of one class over the slide."""

    pyramid: Pyramid
    frame: Frame
    network: Network


@dataclass(frozen=True)
class Maps:
    """All maps of a slide, by class, and what became of the tiles."""

    by_class: Mapping[str, Map]
    tally: TileTally
    #: Blocks that an earlier, interrupted run had already finished.
    n_resumed: int


def predict_maps(
    slide: Slide,
    tissue: TissueMask,
    networks: Sequence[Network],
    folder: MapsPlace,
    settings: RunSettings,
    work: Work,
) -> Maps:
    """Fill ``probability/<class>`` of ``folder`` for every network, resuming what an earlier run left."""
    ledger = Ledger(folder.ledger, fingerprint(slide, networks, settings))
    if settings.overwrite or ledger.is_stale or len(ledger) == 0:
        # Nothing there can be trusted: begin with an empty store.
        shutil.rmtree(folder.analysis, ignore_errors=True)
        shutil.rmtree(folder.ledger, ignore_errors=True)
        folder.ledger.mkdir(parents=True)
        ledger = Ledger(folder.ledger, fingerprint(slide, networks, settings))
    n_resumed = len(ledger)
    # What earlier stages made of the maps is made anew; only the maps themselves are worth keeping.
    for derived in ("labels", "overview", "gallery"):
        shutil.rmtree(folder.analysis / derived, ignore_errors=True)
    ledger.start()
    targets = [
        Target(slide, tissue, [n for n in networks if n.card.mpp == mpp])
        for mpp in sorted({n.card.mpp for n in networks})
    ]
    by_class: dict[str, Map] = {}
    tallies = []
    for target in targets:
        outputs = {
            name: _create(folder, name, target, level_count(slide, networks), settings)
            for network in target.networks
            for name in network.card.classes
        }
        tallies.append(predict_slide(target, outputs, ledger, settings.inference, work))
        for network in target.networks:
            for name in network.card.classes:
                outputs[name].build_levels()
                by_class[name] = Map(outputs[name], target.frame, network)
    return Maps(by_class, _sum(tallies), n_resumed)


def level_count(slide: Slide, networks: Sequence[Network]) -> int:
    """Levels of every pyramid of the slide: images and labels must have the same number."""
    finest = min(network.card.mpp for network in networks)
    return n_levels_for(Frame.at(finest, slide.mpp).size(slide.size))


def _create(
    folder: MapsPlace, name: str, target: Target, n_levels: int, settings: RunSettings
) -> Pyramid:
    """The map of one class; the one of an interrupted run with its pixels."""
    slide_mpp = target.slide.mpp
    spec = PyramidSpec.on_slide("uint8", target.frame.mpp(slide_mpp), slide_mpp, n_levels)
    spec = shard(spec, settings)
    return create_pyramid(folder.analysis, f"probability/{name}", target.size, spec)


def shard(spec: PyramidSpec, settings: RunSettings) -> PyramidSpec:
    """``spec`` with one block per shard, so that every shard has one writer."""
    block = settings.inference.block_px
    return replace(spec, shard_px=block, chunk_px=math.gcd(spec.chunk_px, block))


def _sum(tallies: Sequence[TileTally]) -> TileTally:
    return TileTally(
        done=sum(t.done for t in tallies),
        skipped=sum(t.skipped for t in tallies),
        failed=sum(t.failed for t in tallies),
        unreadable_px=sum(t.unreadable_px for t in tallies),
        unreadable_share=max(t.unreadable_share for t in tallies),
    )
