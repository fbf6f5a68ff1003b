"""Figures in rows and columns, for a terminal, for Markdown and for scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """Rows of figures under named columns; a missing figure is shown as "not measured"."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    #: What one must know to read it: machine, slide, settings.
    notes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{self.title}: {row} does not fit the columns {self.columns}")

    @classmethod
    def from_plain(cls, figures: Mapping[str, Any]) -> Table:
        """A table as `plain` gave it, with at least one row."""
        rows = figures["rows"]
        values = [list(row.values()) for row in rows]
        return cls(figures["title"], list(rows[0]), values, figures["notes"])

    def markdown(self) -> str:
        """The table as Markdown, numbers with three digits, notes below."""
        lines = [
            "| " + " | ".join(self.columns) + " |",
            "|" + "---|" * len(self.columns),
            *("| " + " | ".join(shown(cell) for cell in row) + " |" for row in self.rows),
        ]
        if self.notes:
            lines += ["", "; ".join(f"{key}: {value}" for key, value in self.notes.items())]
        return "\n".join(lines)

    def plain(self) -> dict[str, Any]:
        """The table as JSON values: one object per row, keyed by column."""
        return {
            "title": self.title,
            "notes": dict(self.notes),
            "rows": [dict(zip(self.columns, row, strict=True)) for row in self.rows],
        }


def shown(cell: Cell) -> str:
    """A cell as people read it."""
    if cell is None:
        return "not measured"
    return f"{cell:.3g}" if isinstance(cell, float) else str(cell)
