"""Blocks of one slide as tasks of a cluster: its owner hands them out, any worker makes them.

A block is a pure function of its pixels, so who makes it changes nothing. The worker writes it straight into the shared
store, one file per block, whole or not at all; the owner notes in the ledger what the worker answers. What travels is small.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pathoflow.inference import (
    BlockPlan,
    Entry,
    InferenceSettings,
    OnBlock,
    OnTiles,
    Target,
    stream_blocks,
)
from pathoflow.pipeline.cluster_worker import (
    Kit,
    NoLongerWanted,
    check_wanted,
    open_slides,
)
from pathoflow.pipeline.lease import read_lease
from pathoflow.space import Frame, Mpp
from pathoflow.store import Pyramid
from pathoflow.tissue import TissueMask

if TYPE_CHECKING:
    from distributed import Client, Future

# Before slides that are not yet begun: so few are under way at any time, and results come out early.
_PRIORITY = 10
# How long an owner waits for a block before it asks whether it is still wanted itself.
_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class PackedMask:
    """A tissue mask as it travels: ten megapixels are some ten kilobytes."""

    bits: bytes
    shape: tuple[int, int]
    frame: Frame
    slide_mpp: Mpp

    @classmethod
    def of(cls, mask: TissueMask) -> PackedMask:
        """Pack ``mask``."""
        height, width = mask.pixels.shape
        bits = zlib.compress(np.packbits(mask.pixels).tobytes(), 1)
        return cls(bits, (height, width), mask.frame, mask.slide_mpp)

    def unpack(self) -> TissueMask:
        """The mask again."""
        bits = np.frombuffer(zlib.decompress(self.bits), np.uint8)
        pixels = np.unpackbits(bits, count=self.shape[0] * self.shape[1]).astype(bool)
        return TissueMask(pixels.reshape(self.shape), self.frame, self.slide_mpp)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What every block of one slide needs, as it travels."""

    slide: Path
    kit: Kit
    #: µm per pixel of the networks.
    mpp: float
    tissue: PackedMask
    outputs: Mapping[str, Pyramid]
    settings: InferenceSettings
    #: The result folder, and its owner's lease.
    folder: Path
    lease: str | None

    def check_owner(self) -> None:
        """Do nothing as long as the owner that sent this owns the folder.

        Raises
        ------
        NoLongerWanted
            Another has taken it over, or this worker has other folders than the owner.
        """
        if read_lease(self.folder) != self.lease:
            raise NoLongerWanted


def predict_block(planned: BlockPlan, parcel: Parcel) -> Entry:
    """Make one block and write it into the shared store; a task of any worker."""
    parcel.check_owner()
    told: list[Entry] = []

    def on_tiles(_: int) -> None:
        check_wanted()
        parcel.check_owner()

    networks = [one for one in parcel.kit.ready().networks if one.card.mpp == parcel.mpp]
    with open_slides.lend(parcel.slide, parcel.kit.settings.mpp) as slide:
        target = Target(slide, parcel.tissue.unpack(), networks)
        stream_blocks(target, [planned], parcel.outputs, parcel.settings, told.append, on_tiles)
    return told[0]


@dataclass(frozen=True, slots=True)
class SpreadBlocks:
    """Hands the blocks of one slide out to all workers of the cluster; a `RunBlocks`."""

    slide: Path
    kit: Kit

    def __call__(
        self,
        target: Target,
        blocks: Sequence[BlockPlan],
        outputs: Mapping[str, Pyramid],
        settings: InferenceSettings,
        on_block: OnBlock,
        on_tiles: OnTiles,
    ) -> None:
        """See `stream_blocks`; the owner's thread steps aside meanwhile, so its worker makes blocks too."""
        from distributed import worker_client

        left: Sequence[BlockPlan] = blocks
        if len(blocks) > 1 and isinstance(target.tissue, TissueMask):
            folder = next(iter(outputs.values())).root.parent
            mask = PackedMask.of(target.tissue)
            parcel = Parcel(
                self.slide,
                self.kit,
                target.mpp,
                mask,
                outputs,
                settings,
                folder,
                read_lease(folder),
            )
            with worker_client() as client:
                left = _hand_out(client, blocks, parcel, on_block, on_tiles)
        # A single block, and what other workers failed at: a machine that lacks something costs no block.
        stream_blocks(target, left, outputs, settings, on_block, on_tiles)


def _hand_out(
    client: Client,
    blocks: Sequence[BlockPlan],
    parcel: Parcel,
    on_block: OnBlock,
    on_tiles: OnTiles,
) -> list[BlockPlan]:
    """Have ``blocks`` made, tell of each as it comes, and return those that others failed at.

    Raises
    ------
    KilledWorker
        A block has ended one worker after the other; it would end this one too.
    """
    from distributed import KilledWorker, wait

    # No name from the arguments: a block of an earlier attempt is another task.
    futures = client.map(predict_block, blocks, parcel=parcel, pure=False, priority=_PRIORITY)
    awaited: dict[Future[Entry], BlockPlan] = dict(zip(futures, blocks, strict=True))
    failed: list[BlockPlan] = []
    try:
        while awaited:
            try:
                finished = wait(list(awaited), _PATIENCE_S, "FIRST_COMPLETED").done  # type: ignore[no-untyped-call]  # dask's own gap
            except TimeoutError:
                finished = set()
            for future in finished:
                planned = awaited.pop(future)
                error = future.exception()
                if isinstance(error, KilledWorker):
                    raise error
                if error is not None:
                    failed.append(planned)
                    continue
                on_block(future.result())
                on_tiles(len(planned.tiles))
            on_tiles(0)
    finally:
        client.cancel(futures)  # type: ignore[no-untyped-call]  # dask's own gap
    return failed
