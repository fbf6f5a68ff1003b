"""The reliability table of probabilities as a picture."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

#: Mean probability of a bin, share of it that is invaded, and how many fell into it.
Point = tuple[float, float, int]


def plot_reliability(points: Iterable[Point], title: str, path: Path) -> None:
    """Draw the bins that hold any vessel: mean probability against the share that is invaded."""
    from matplotlib.figure import Figure

    kept = [point for point in points if point[2]]
    figure = Figure(figsize=(4.6, 4.6), layout="constrained")
    axis = figure.subplots()
    axis.plot([0, 1], [0, 1], color="0.7", lw=1)
    axis.plot([p for p, _, _ in kept], [share for _, share, _ in kept], "o-", color="#0072b2")
    for p, share, n in kept:
        axis.annotate(str(n), (p, share), (4, -10), textcoords="offset points")
    axis.set(
        xlim=(-0.02, 1.02),
        ylim=(-0.02, 1.02),
        xlabel="probability of invasion",
        ylabel="share that is invaded",
    )
    axis.set_title(title, fontsize=8)
    figure.savefig(path, dpi=120)
