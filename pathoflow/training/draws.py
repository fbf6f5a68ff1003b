"""Where chance comes from: one generator per place in a training, so that any step can be repeated by itself.

Nothing is carried from step to step. A run that is resumed at step 25 draws what a straight run draws there, and two
methods that share a seed see the same labelled patches.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

import numpy as np
import torch


def seed_of(seed: int, stream: str, *place: int) -> int:
    """A number for ``stream`` at ``place`` (a step, a part of a batch), as good as independent of all others."""
    words = [seed, crc32(stream.encode()), *place]
    return int(np.random.SeedSequence(words).generate_state(1, np.uint64)[0] >> 1)


def generator(seed: int, stream: str, *place: int) -> torch.Generator:
    """A generator on the CPU for ``stream`` at ``place``."""
    return torch.Generator().manual_seed(seed_of(seed, stream, *place))


@contextmanager
def drawn_by_layers(seed: int, *place: int) -> Iterator[None]:
    """Dropout and fresh weights draw from torch's own generator: here it is seeded, afterwards it is as it was."""
    devices = list(range(torch.cuda.device_count()))
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed_of(seed, "layers", *place))
        yield
