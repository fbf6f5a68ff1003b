"""Every arm over all tables in a line, and the claim of the paper as one sentence of counted figures."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

from pathoflow.evsnet.experiment.arms import ALL, ARMS, BASE
from pathoflow.evsnet.experiment.cell import Cell

#: The paper's method in our reading.
_CLAIMED = "D"
_COLUMNS = (
    "arm",
    "what",
    "IoU, points over A",
    "seeds above A",
    "boundary F1, points over A",
    "seeds above A",
    "gap closed, IoU",
)


def summary(cells: Sequence[Cell]) -> str:
    """One row per arm: means over all seeds of all tables, and in how many of them it is above the supervised arm."""
    lines = ["| " + " | ".join(_COLUMNS) + " |", "|---" * len(_COLUMNS) + "|"]
    lines += [_row(cells, arm) for arm in ARMS if arm != BASE and _gains(cells, arm, "iou")]
    return "\n".join(lines)


def _row(cells: Sequence[Cell], arm: str) -> str:
    iou, edge = (_gains(cells, arm, figure) for figure in ("iou", "boundary_f1"))
    gap = pooled_gap(cells, arm, "iou")
    return (
        "| "
        + " | ".join(
            [
                arm,
                ARMS[arm].title,
                f"{mean(iou):+.1f}",
                _wins(iou),
                f"{mean(edge):+.1f}",
                _wins(edge),
                "" if gap is None else f"{100 * gap:.0f} %",
            ]
        )
        + " |"
    )


def claim(cells: Sequence[Cell]) -> str:
    """Whether the full method is above supervised learning with the same labels, in one sentence; empty without figures."""
    held = {figure: _tables_above(cells, figure) for figure in ("iou", "boundary_f1")}
    if not any(n for _, n in held.values()):
        return ""
    either = sum(any(_is_above(cell, f) for f in held) for cell in cells if _is_judged(cell))
    gap, ten = (pooled_gap(some, _CLAIMED, "iou") for some in (cells, _with_labels(cells, 10)))
    closes = " and ".join(
        f"{100 * share:.0f} % {where}"
        for share, where in ((gap, "over all tables"), (ten, "over those with 10 labels"))
        if share is not None
    )
    gained = mean(_gains(cells, _CLAIMED, "boundary_f1"))
    return (
        f"EVS-Net ({_CLAIMED}) is above supervised learning with the same labels, in the mean over seeds, in "
        f"{held['iou'][0]} of {held['iou'][1]} tables by IoU and in {held['boundary_f1'][0]} by boundary F1 ({either} by "
        f"one or the other); of the gap in IoU to all labels it closes {closes}, and boundary F1 changes by "
        f"{gained:+.1f} points in the mean."
    )


def _with_labels(cells: Sequence[Cell], n: int) -> list[Cell]:
    return [cell for cell in cells if cell.n_labels == n]


def pooled_gap(cells: Sequence[Cell], arm: str, figure: str) -> float | None:
    """Share of the gap that an arm closes, of gains over all tables: a table with hardly any gap weighs hardly anything."""
    both = [cell for cell in cells if cell.gains(arm, figure) and cell.gains(ALL, figure)]
    whole = sum(mean(cell.gains(ALL, figure)) for cell in both)
    return sum(mean(cell.gains(arm, figure)) for cell in both) / whole if whole > 0 else None


def _gains(cells: Sequence[Cell], arm: str, figure: str) -> list[float]:
    return [gain for cell in cells for gain in cell.gains(arm, figure)]


def _wins(gains: Sequence[float]) -> str:
    return f"{sum(gain > 0 for gain in gains)} of {len(gains)}"


def _is_judged(cell: Cell) -> bool:
    return bool(cell.gains(_CLAIMED, "iou"))


def _is_above(cell: Cell, figure: str) -> bool:
    return mean(cell.gains(_CLAIMED, figure)) > 0


def _tables_above(cells: Sequence[Cell], figure: str) -> tuple[int, int]:
    judged = [cell for cell in cells if _is_judged(cell)]
    return sum(_is_above(cell, figure) for cell in judged), len(judged)
