"""Arrays that take long to paint: made once by all cores, kept on disk, read again."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pathoflow.store import write_bytes

Arrays = dict[str, NDArray[Any]]


def bank_path(cache: Path, stamp: Sequence[Any]) -> Path:
    """The file in ``cache`` that belongs to ``stamp``: all that the arrays depend on, as plain values."""
    return cache / f"bank-{hashlib.sha256(json.dumps(stamp).encode()).hexdigest()[:16]}.npz"


def paint_or_read(
    path: Path,
    seeds: Sequence[int],
    paint: Callable[[int], Mapping[str, NDArray[Any]]],
    progress: Callable[[str], None],
) -> Arrays:
    """The arrays of every seed, joined along their first axis; read from ``path`` where they lie there already.

    Parameters
    ----------
    path
        Where they are kept; see `bank_path`.
    paint
        Makes the arrays of one seed; runs in another process.
    progress
        Told after every seed.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        parts = []
        with ProcessPoolExecutor() as pool:
            jobs = [pool.submit(paint, seed) for seed in seeds]
            for seed, job in zip(seeds, jobs, strict=True):
                parts.append(job.result())
                progress(f"painted slide {seed}: {len(parts)} of {len(seeds)}")
        # Two trainings may paint the same bank at once, and a torn file would be believed for ever.
        content = io.BytesIO()
        joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        np.savez(content, **joined)  # type: ignore[arg-type]  # its flag has a name no array has
        write_bytes(path, content.getvalue())
    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}
