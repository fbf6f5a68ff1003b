"""The engine: networks of one µm per pixel over all tissue of one slide, block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pathoflow.errors import TileUnreadable
from pathoflow.inference.ledger import Entry, Ledger, checksum
from pathoflow.inference.read_ahead import read_ahead
from pathoflow.inference.settings import InferenceSettings
from pathoflow.networks import Network
from pathoflow.slide import Slide
from pathoflow.space import Box, Frame, Size
from pathoflow.store import Pyramid
from pathoflow.tiles import Block, Lattice, Tile, plan_tiles

#: Called with (tiles done, tiles in all); may raise to cancel.
Progress = Callable[[int, int], None]

# A damaged tile is read again in pieces of this side, so that only the damaged piece is lost.
_SALVAGE_PX = 128


class Mask(Protocol):
    """Where there is tissue; `pathoflow.tissue.TissueMask` is one."""

    def covers(self, box: Box, frame: Frame) -> bool:
        """Whether any tissue lies under ``box``."""

    def resample(self, box: Box, frame: Frame) -> NDArray[np.bool_]:
        """The mask at ``box``'s pixels."""


@dataclass(frozen=True)
class Target:
    """What is asked: these networks, all of one µm per pixel, on this slide's tissue."""

    slide: Slide
    tissue: Mask
    networks: Sequence[Network]

    def __post_init__(self) -> None:
        if len({network.card.mpp for network in self.networks}) != 1:
            raise ValueError("a target needs networks, all of one µm per pixel")
        if len(set(self.classes)) < len(self.classes):
            raise ValueError(f"two networks answer for one class: {', '.join(self.classes)}")

    @property
    def classes(self) -> tuple[str, ...]:
        """What the networks answer for; one map each."""
        return tuple(name for network in self.networks for name in network.card.classes)

    @property
    def mpp(self) -> float:
        """µm per pixel of the networks and of their maps."""
        return self.networks[0].card.mpp

    @property
    def frame(self) -> Frame:
        """Grid of the maps."""
        return Frame.at(self.mpp, self.slide.mpp)

    @property
    def size(self) -> Size:
        """Pixels of the maps."""
        return self.frame.size(self.slide.size)


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


@dataclass(frozen=True)
class _Job:
    block: Block
    tiles: tuple[Tile, ...]
    is_first: bool
    is_last: bool


def predict_slide(
    target: Target,
    outputs: Mapping[str, Pyramid],
    ledger: Ledger,
    settings: InferenceSettings,
    on_progress: Progress = lambda done, total: None,
) -> TileTally:
    """Fill ``outputs`` (one pyramid per class, 255 meaning 1) with the networks' answers.

    They are 0 outside tissue and where pixels cannot be read: the white put there for the networks looks like a lumen.
    Blocks that the ledger holds, and whose stored pixels still have the recorded checksum, are left as they are.

    Raises
    ------
    NoSpace
        The disk is full; finished blocks stay.
    """
    plan, n_skipped = _plan(target, settings)
    n_tiles = sum(len(tiles) for _, tiles in plan)
    todo = [(block, tiles) for block, tiles in plan if not _is_done(target, block, outputs, ledger)]
    done = n_tiles - sum(len(tiles) for _, tiles in todo)
    on_progress(done, n_tiles)
    reading = read_ahead(
        _jobs(todo, settings.batch),
        lambda job: _read(target, job),
        settings.read_threads,
        settings.read_ahead,
    )
    # Closing ends the reading threads at once, also when a network fails or somebody cancels.
    with ThreadPoolExecutor(1, thread_name_prefix="write") as writer, closing(reading):
        pending: Future[None] | None = None
        for job, pixels in reading:
            if job.is_first:
                canvas = _Canvas(job.block, target.classes)
            canvas.add(job, pixels, target)
            done += len(job.tiles)
            if job.is_last:
                if pending is not None:
                    pending.result()
                pending = writer.submit(canvas.write, target, outputs, ledger)
            on_progress(done, n_tiles)
        if pending is not None:
            pending.result()
    return _tally(target, plan, ledger, n_skipped)


_Plan = list[tuple[Block, list[Tile]]]


def _plan(target: Target, settings: InferenceSettings) -> tuple[_Plan, int]:
    """Blocks with tissue and their tiles with tissue, and how many tiles have none."""
    halo = max(network.card.halo_px for network in target.networks)
    # Networks halve their input up to five times, so what they see must be a multiple of 32 pixels.
    halo = -(-halo // 16) * 16
    plan: _Plan = []
    n_skipped = 0
    for block in Lattice(target.size, settings.block_px):
        every = plan_tiles(block.box, settings.tile_px, halo)
        tiles = [tile for tile in every if target.tissue.covers(tile.core, target.frame)]
        n_skipped += len(every) - len(tiles)
        if tiles:
            plan.append((block, tiles))
    return plan, n_skipped


def _jobs(todo: _Plan, batch: int) -> Iterator[_Job]:
    """Batches never cross blocks, so a block's answer does not depend on which blocks were already done."""
    for block, tiles in todo:
        for at in range(0, len(tiles), batch):
            yield _Job(block, tuple(tiles[at : at + batch]), at == 0, at + batch >= len(tiles))


def _key(target: Target, block: Block) -> str:
    return f"{target.mpp:g}/{block.key}"


def _is_done(target: Target, block: Block, outputs: Mapping[str, Pyramid], ledger: Ledger) -> bool:
    entry = ledger.entry(_key(target, block))
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


@dataclass(frozen=True)
class _Pixels:
    """Tiles as read: ``(n, h, w, 3)``, and for each where pixels could not be, None for nowhere."""

    rgb: NDArray[np.uint8]
    lost: list[NDArray[np.bool_] | None]


def _read(target: Target, job: _Job) -> _Pixels:
    tiles: list[NDArray[np.uint8]] = []
    lost: list[NDArray[np.bool_] | None] = []
    for tile in job.tiles:
        try:
            tiles.append(target.slide.read(tile.padded, mpp=target.mpp))
            lost.append(None)
        except TileUnreadable:
            rgb, missing = _salvage(target, tile.padded)
            tiles.append(rgb)
            lost.append(missing)
    return _Pixels(np.stack(tiles), lost)


def _salvage(target: Target, box: Box) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    rgb = np.full((*box.size.shape, 3), 255, np.uint8)
    missing = np.zeros(box.size.shape, bool)
    for piece in box.pieces(Size(_SALVAGE_PX, _SALVAGE_PX)):
        try:
            rgb[piece.within(box).slices] = target.slide.read(piece, mpp=target.mpp)
        except TileUnreadable:
            missing[piece.within(box).slices] = True
    return rgb, missing


class _Canvas:
    """The maps of one block while its tiles come in."""

    def __init__(self, block: Block, classes: Sequence[str]) -> None:
        self._block = block
        self._maps = {name: np.zeros(block.box.size.shape, np.uint8) for name in classes}
        self._lost = np.zeros(block.box.size.shape, bool)
        self._done = self._failed = 0

    def add(self, job: _Job, pixels: _Pixels, target: Target) -> None:
        for network in target.networks:
            answers = network.predict(pixels.rgb)
            for tile, answer in zip(job.tiles, answers, strict=True):
                inside = tile.core.within(tile.padded).slices
                for name, values in zip(network.card.classes, answer, strict=True):
                    self._maps[name][tile.core.within(self._block.box).slices] = values[inside]
        for tile, lost in zip(job.tiles, pixels.lost, strict=True):
            self._done += 1
            if lost is not None and lost.any():
                self._failed += 1
                inside = tile.core.within(tile.padded).slices
                self._lost[tile.core.within(self._block.box).slices] = lost[inside]

    def write(self, target: Target, outputs: Mapping[str, Pyramid], ledger: Ledger) -> None:
        unknown = self._lost | ~target.tissue.resample(self._block.box, target.frame)
        shas = {}
        for name, values in self._maps.items():
            values[unknown] = 0
            outputs[name].write(self._block.box, values)
            shas[name] = checksum(values)
        n_lost = int(np.count_nonzero(self._lost))
        ledger.record(Entry(_key(target, self._block), shas, self._done, self._failed, n_lost))


def _tally(target: Target, plan: _Plan, ledger: Ledger, n_skipped: int) -> TileTally:
    entries = [ledger.entry(_key(target, block)) for block, _ in plan]
    known = [entry for entry in entries if entry is not None]
    area = sum(tile.core.size.area for _, tiles in plan for tile in tiles)
    unreadable = sum(entry.unreadable_px for entry in known)
    return TileTally(
        done=sum(entry.tiles_done for entry in known),
        skipped=n_skipped,
        failed=sum(entry.tiles_failed for entry in known),
        unreadable_px=unreadable,
        unreadable_share=unreadable / area if area else 0.0,
    )
