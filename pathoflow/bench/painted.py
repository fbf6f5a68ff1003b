"""A painted slide to measure with, where the user names none."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pathoflow.phantom import PhantomSpec, write_slide


@contextmanager
def painted_slide(given: Path | None, side_px: int) -> Iterator[Path]:
    """``given``, or a slide of ``side_px`` pixels at 0.5 µm/px that is painted now and removed afterwards."""
    if given is not None:
        yield given
        return
    spec = PhantomSpec(seed=1, size_px=(side_px, side_px), mpp=0.5, family="train")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "painted.svs"
        write_slide(spec, path)
        yield path
