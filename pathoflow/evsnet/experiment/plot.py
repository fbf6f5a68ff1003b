"""The outcome as a picture: every seed a dot, its arm's mean a bar, all labels a line."""

from __future__ import annotations

from pathlib import Path
from statistics import mean

from pathoflow.evsnet.experiment.arms import ALL, ARMS, BASE
from pathoflow.evsnet.experiment.outcome import Outcome


def plot(outcome: Outcome, path: Path) -> None:
    """Write one panel per table to ``path`` (PNG)."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    wide = max(1, min(3, len(outcome.cells)))
    high = -(-len(outcome.cells) // wide)
    figure = Figure(figsize=(5.2 * wide, 3.4 * max(1, high)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(max(1, high), wide, squeeze=False).ravel()
    colour = mpl.colormaps["viridis"]
    for ax in axes[len(outcome.cells) :]:
        ax.set_visible(False)
    for ax, cell in zip(axes, outcome.cells, strict=False):
        names = [name for name in ARMS if cell.seeds.get(name) and name != ALL]
        for place, name in enumerate(names):
            values = cell.values(name, "iou")
            for k, value in enumerate(values):
                shade = colour(0.15 + 0.7 * k / max(1, len(values) - 1))
                ax.plot(value, place, "o", ms=4, color=shade, alpha=0.8)
            ax.plot([mean(values)] * 2, [place - 0.35, place + 0.35], "-", lw=2, color="black")
        for name, style in ((BASE, ":"), (ALL, "--")):
            if values := cell.values(name, "iou"):
                ax.axvline(mean(values), ls=style, lw=1, color="grey")
        ax.set_yticks(range(len(names)), [ARMS[name].title for name in names], fontsize=7)
        ax.invert_yaxis()
        ax.set_xlabel(
            "IoU (dots: seeds, bar: mean, dashed: all labels, dotted: supervised)", fontsize=6
        )
        ax.set_title(f"{cell.title}\n{cell.n_labels} labels, {cell.test}", fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
