"""What came out: every seed of every arm, the mean, and how much of the gap to all labels is closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import mean, stdev
from typing import Any

from pathoflow.evsnet.experiment.arms import ARMS, BASE
from pathoflow.evsnet.experiment.cell import Cell
from pathoflow.evsnet.experiment.verdict import claim, summary

#: Figure -> how it is called in tables.
FIGURES = {"iou": "IoU", "boundary_f1": "boundary F1", "area_ratio": "P/M"}


@dataclass(frozen=True)
class Outcome:
    """The experiment's figures."""

    preset: str
    cells: tuple[Cell, ...]
    #: What was not run, and why.
    not_run: dict[str, str] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Everything, as JSON has it."""
        cells = [
            {
                "task": cell.task,
                "n_labels": cell.n_labels,
                "test": cell.test,
                "seeds": {
                    arm: {str(s): v for s, v in by.items()} for arm, by in cell.seeds.items()
                },
                "gap_closed": {
                    arm: {figure: cell.gap_closed(arm, figure) for figure in ("iou", "boundary_f1")}
                    for arm in cell.seeds
                },
            }
            for cell in self.cells
        ]
        return {"preset": self.preset, "notes": self.notes, "cells": cells, "not_run": self.not_run}

    def markdown(self) -> str:
        """The claim, every arm in a line, and a table per task, number of labels and test set."""
        parts = [f"Preset {self.preset}. " + "; ".join(f"{k}: {v}" for k, v in self.notes.items())]
        parts += [claim(self.cells), summary(self.cells)]
        parts += [_table(cell) for cell in self.cells]
        parts += [f"Not run: {name} ({why})." for name, why in self.not_run.items()]
        return "\n\n".join(part for part in parts if part) + "\n"


def _table(cell: Cell) -> str:
    head = [f"**{cell.title}, {cell.n_labels} labelled patches, {cell.test}**", ""]
    columns = [
        "arm",
        "what",
        "IoU per seed",
        "mean",
        "points over A",
        "boundary F1",
        "P/M",
        "gap closed",
    ]
    lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    lines += [_row(cell, arm) for arm in ARMS if cell.seeds.get(arm)]
    return "\n".join(head + lines)


def _row(cell: Cell, arm: str) -> str:
    iou, gains = cell.values(arm, "iou"), cell.gains(arm, "iou")
    spread = f" ± {stdev(gains) / len(gains) ** 0.5:.1f}" if len(gains) > 1 and arm != BASE else ""
    gap = cell.gap_closed(arm, "iou")
    cells = [
        arm,
        ARMS[arm].title,
        " ".join(f"{value:.3f}" for value in iou),
        f"{mean(iou):.3f}",
        f"{mean(gains):+.1f}{spread}" if gains else "",
        f"{mean(cell.values(arm, 'boundary_f1')):.3f}",
        f"{mean(cell.values(arm, 'area_ratio')):.2f}",
        "" if gap is None else f"{100 * gap:.0f} %",
    ]
    return "| " + " | ".join(cells) + " |"
