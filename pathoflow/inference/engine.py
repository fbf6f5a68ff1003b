"""The engine: networks of one µm per pixel over all tissue of one slide, block by block."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pathoflow.inference.ledger import Entry, Ledger, checksum
from pathoflow.inference.plan import BlockPlan, SlidePlan, plan_slide
from pathoflow.inference.settings import InferenceSettings
from pathoflow.inference.stream import OnBlock, OnTiles, stream_blocks
from pathoflow.inference.target import Target
from pathoflow.space import Size
from pathoflow.store import Pyramid
from pathoflow.tiles import Block

#: Called with (tiles done, tiles in all); may raise to cancel.
Progress = Callable[[int, int], None]


class RunBlocks(Protocol):
    """Something that predicts blocks and writes their maps: this process, or others on its behalf."""

    def __call__(
        self,
        target: Target,
        blocks: Sequence[BlockPlan],
        outputs: Mapping[str, Pyramid],
        settings: InferenceSettings,
        on_block: OnBlock,
        on_tiles: OnTiles,
    ) -> None:
        """See `stream_blocks`."""


def _tell_nobody(done: int, total: int) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Work:
    """Who predicts the blocks, and who is told how far they are."""

    on_progress: Progress = _tell_nobody
    run_blocks: RunBlocks = stream_blocks


@dataclass(frozen=True, slots=True)
class TileTally:
    """What became of the tiles."""

    #: Predicted.
    done: int = 0
    #: Without tissue, so never read.
    skipped: int = 0
    #: Of those predicted: seen with pixels missing, in the tile or in the halo around it.
    failed: int = 0
    #: Pixels of the maps whose slide pixels could not be read, and what share of the predicted area that is.
    unreadable_px: int = 0
    unreadable_share: float = 0.0


def predict_slide(
    target: Target,
    outputs: Mapping[str, Pyramid],
    ledger: Ledger,
    settings: InferenceSettings,
    work: Work = Work(),
) -> TileTally:
    """Fill ``outputs`` (one pyramid per class, 255 meaning 1) with the networks' answers.

    They are 0 outside tissue and where pixels cannot be read. Blocks that the ledger holds, and whose stored pixels
    still have the recorded checksum, are left as they are.

    Raises
    ------
    NoSpace
        The disk is full; finished blocks stay.
    """
    plan = plan_slide(target, settings)
    todo = [p for p in plan.blocks if not _is_done(target, p.block, outputs, ledger)]
    done = plan.n_tiles - sum(len(planned.tiles) for planned in todo)
    work.on_progress(done, plan.n_tiles)

    def on_tiles(n: int) -> None:
        nonlocal done
        done += n
        work.on_progress(done, plan.n_tiles)

    work.run_blocks(target, todo, outputs, settings, ledger.record, on_tiles)
    for network in target.networks:
        network.rest()
    return _tally(target, plan, ledger)


def _is_done(target: Target, block: Block, outputs: Mapping[str, Pyramid], ledger: Ledger) -> bool:
    entry = ledger.entry(target.key(block))
    if entry is None:
        return False
    if set(entry.sha256) == set(target.classes) and all(
        _stored_checksum(outputs[name], block) == sha for name, sha in entry.sha256.items()
    ):
        return True
    ledger.forget(entry.block)
    for name in target.classes:
        _drop(outputs[name], block)
    return False


def _stored_checksum(output: Pyramid, block: Block) -> str | None:
    """Checksum of the stored pixels, or None where the store's own checks find them damaged."""
    try:
        return checksum(output.read(block.box))
    except (ValueError, RuntimeError, OSError):  # of the shard's index, of the decoder, of the disk
        return None


def _drop(output: Pyramid, block: Block) -> None:
    """Take a block's files away: zarr reads a shard before it writes to it, and fails on one with a damaged index."""
    array = output.root / output.name / output.levels[0].name
    side = output.shard_px
    for shard in block.box.pieces(Size(side, side)):
        path = array / "c" / str(shard.top // side) / str(shard.left // side)
        path.unlink(missing_ok=True)


def _tally(target: Target, plan: SlidePlan, ledger: Ledger) -> TileTally:
    entries = [ledger.entry(target.key(planned.block)) for planned in plan.blocks]
    known: list[Entry] = [entry for entry in entries if entry is not None]
    unreadable = sum(entry.unreadable_px for entry in known)
    return TileTally(
        done=sum(entry.tiles_done for entry in known),
        skipped=plan.n_skipped,
        failed=sum(entry.tiles_failed for entry in known),
        unreadable_px=unreadable,
        unreadable_share=unreadable / plan.area_px if plan.area_px else 0.0,
    )
