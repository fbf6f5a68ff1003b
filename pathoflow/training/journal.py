"""What a training says while it runs: a line of JSON per step for scripts, curves and pictures for TensorBoard."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

METRICS = "metrics.jsonl"


class Journal:
    """The journal of one training folder; a resumed run goes on behind the step it resumes from."""

    def __init__(self, folder: Path, resumed_at: int) -> None:
        from tensorboardX import SummaryWriter

        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / METRICS
        self._drop_after(resumed_at)
        self._curves = SummaryWriter(str(folder / "tensorboard"), purge_step=resumed_at + 1)

    def write(self, step: int, group: str, figures: Mapping[str, float]) -> None:
        """Note ``figures`` of ``group``, such as "loss" or "validation", at ``step``."""
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"step": step, "group": group, **figures}) + "\n")
        for name, value in figures.items():
            self._curves.add_scalar(f"{group}/{name}", value, step)

    def show(self, step: int, name: str, picture: NDArray[np.uint8]) -> None:
        """Note a picture ``(h, w, 3)``."""
        self._curves.add_image(name, picture, step, dataformats="HWC")

    def close(self) -> None:
        """Write out what is left."""
        self._curves.close()

    def _drop_after(self, step: int) -> None:
        """Lines behind ``step``, torn ones too, belong to work that is done again."""
        if not self._path.exists():
            return
        kept = [line for line in self._path.read_text("utf-8").splitlines() if _step(line) <= step]
        self._path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")


def _step(line: str) -> float:
    try:
        return int(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return float("inf")


def read_journal(folder: Path, group: str) -> list[dict[str, float]]:
    """All figures of ``group``, each with its ``step``."""
    lines = (folder / METRICS).read_text("utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    return [
        {key: value for key, value in entry.items() if key != "group"}
        for entry in entries
        if entry["group"] == group
    ]
