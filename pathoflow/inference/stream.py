"""Readers, device and writer at work at once: blocks go in one end, finished maps come out at the other.

    read-ahead threads ──> device (networks) ──> canvas of the block ──> one writer

Queues between them are bounded, so memory is that of a few tiles and two blocks whatever the slide. On a GPU the next
tiles are under way while the host puts the last answers in their place.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pathoflow.inference.canvas import Canvas
from pathoflow.inference.feeder import Feeder
from pathoflow.inference.ledger import Entry
from pathoflow.inference.pixels import Pixels, read_job
from pathoflow.inference.plan import BlockPlan, Job, jobs_of
from pathoflow.inference.read_ahead import read_ahead
from pathoflow.inference.settings import InferenceSettings
from pathoflow.inference.target import Target
from pathoflow.store import Pyramid

#: Called in the writer's thread for every finished block, after its pixels are stored.
OnBlock = Callable[[Entry], None]
#: Called with the number of tiles that were just predicted; may raise to cancel.
OnTiles = Callable[[int], None]

#: Answers, one per network, that are under way.
_Answers = Sequence[Callable[[], NDArray[np.uint8]]]


def stream_blocks(
    target: Target,
    blocks: Sequence[BlockPlan],
    outputs: Mapping[str, Pyramid],
    settings: InferenceSettings,
    on_block: OnBlock,
    on_tiles: OnTiles = lambda n: None,
) -> None:
    """Predict ``blocks`` and write their maps into ``outputs``, one pyramid per class.

    A block that was handed to the writer is finished and told of, also when the run is cancelled after that.

    Raises
    ------
    NoSpace
        The disk is full; blocks told of stay.
    """
    reading = read_ahead(
        jobs_of(blocks, settings.batch_on(target.device_type)),
        partial(read_job, target),
        settings.read_threads,
        settings.read_ahead,
    )

    def finish(canvas: Canvas) -> None:
        on_block(canvas.write(target, outputs))

    # Closing ends the reading threads at once, also when a network fails or somebody cancels.
    with ThreadPoolExecutor(1, thread_name_prefix="write") as writer, closing(reading):
        written: Future[None] | None = None
        for job, pixels, answers in _under_way(target, reading):
            if job.is_first:
                canvas = Canvas(job.block, target.classes)
            for network, answer in zip(target.networks, answers, strict=True):
                canvas.add(job, network.card.classes, answer())
            canvas.count(job, pixels.lost)
            if job.is_last:
                if written is not None:
                    written.result()
                written = writer.submit(finish, canvas)
            on_tiles(len(job.tiles))
        if written is not None:
            written.result()


def _under_way(
    target: Target, reading: Iterable[tuple[Job, Pixels]]
) -> Iterator[tuple[Job, Pixels, _Answers]]:
    """Start every job on the device, one job ahead of the one handed over where the device works by itself."""
    depth = 0 if target.device_type == "cpu" else 1
    feeders = [Feeder(network) for network in target.networks]
    begun: deque[tuple[Job, Pixels, _Answers]] = deque()
    for job, pixels in reading:
        begun.append((job, pixels, [feeder.start(pixels.rgb) for feeder in feeders]))
        if len(begun) > depth:
            yield begun.popleft()
    yield from begun
