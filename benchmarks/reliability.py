"""The reliability table of probabilities as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any


def plot_reliability(table: Sequence[Any], title: str, path: Path) -> None:
    """Draw the rows of ``table`` that hold any vessel: mean probability against the share that is invaded."""
    from matplotlib.figure import Figure

    rows = [row for row in table if row.n]
    means = [row.mean_p if hasattr(row, "mean_p") else row.mean_score for row in rows]
    figure = Figure(figsize=(4.6, 4.6), layout="constrained")
    axis = figure.subplots()
    axis.plot([0, 1], [0, 1], color="0.7", lw=1)
    axis.plot(means, [row.true_share for row in rows], "o-", color="#0072b2")
    for row, mean in zip(rows, means, strict=True):
        place = (mean or 0, row.true_share or 0)
        axis.annotate(str(row.n), place, (4, -10), textcoords="offset points")
    axis.set(
        xlim=(-0.02, 1.02),
        ylim=(-0.02, 1.02),
        xlabel="probability of invasion",
        ylabel="share that is invaded",
    )
    axis.set_title(title, fontsize=8)
    figure.savefig(path, dpi=120)
