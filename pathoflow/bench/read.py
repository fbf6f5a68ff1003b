"""How fast slides are read: each reader beside decoding the same tiles with nothing around it."""

from __future__ import annotations

from pathlib import Path

from pathoflow.bench.table import Table


def bench_read(slide: Path | None, rounds: int) -> Table:
    """Megapixels per CPU-second of every way to read ``slide``, as ratios to OpenSlide."""
    raise ValueError(f"to be written: {slide}, {rounds}")
