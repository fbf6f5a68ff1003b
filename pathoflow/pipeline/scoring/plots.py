"""The plots of a score as PNG: FROC, reliability, counts, vessels by size.

Drawn on figure objects of their own, without pyplot, so that no window, no display and no global state
is touched. Colours are those of Okabe and Ito, which colour-blind eyes tell apart; nothing is said by
colour alone. Titles of painted slides say synthetic.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pathoflow.errors import EnvironmentFault
from pathoflow.metrics import DIAMETER_BINS, FALSE_RATES, Interval
from pathoflow.mvi.wording import plural
from pathoflow.pipeline.scoring.cohort import LEVEL, CohortScore
from pathoflow.pipeline.scoring.origin import origin_label

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BLUE, _VERMILION, _GREEN, _GREY = "#0072B2", "#D55E00", "#009E73", "#6B6B6B"
_DPI = 160
_INTERVAL = f"{100 * LEVEL:g} % interval"
#: End of the axis of false positives.
_MOST_FALSE = 16.0
#: A count of 0 has no place on a logarithmic axis; it stands here.
_ZERO_AT = 0.5


def draw_plots(score: CohortScore, folder: Path) -> list[Path]:
    """Write froc.png, reliability.png, counts.png and vessel_sizes.png into ``folder``.

    Raises
    ------
    EnvironmentFault
        The folder cannot be written.
    """
    plots = {
        "froc": draw_froc,
        "reliability": draw_reliability,
        "counts": draw_counts,
        "vessel_sizes": draw_sizes,
    }
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, draw in plots.items():
            path = folder / f"{name}.png"
            draw(score).savefig(path, dpi=_DPI, metadata={"Software": None})
            paths.append(path)
    except OSError as error:
        raise EnvironmentFault(
            f"plots cannot be written to {folder} ({error.strerror or error}); choose another folder"
        ) from error
    return paths


def draw_froc(score: CohortScore) -> Figure:
    """Sensitivity against false positives, per slide and per cm² of tissue, with intervals."""
    figure, axes = _figure(score, "Finding invaded vessels: FROC", 2, 10.0)
    events, n_cases = score.figures.froc, len(score.cases)
    found, false = events.counts(np.ones(n_cases, np.int64))
    n_reference = int(events.n_reference.sum())
    extents = {"slide": float(events.n_slides.sum()), "cm2": float(events.tissue_cm2.sum())}
    for axis, (unit, extent) in zip(axes, extents.items(), strict=True):
        name = "cm² of tissue" if unit == "cm2" else unit
        _froc_frame(axis, f"false positives per {name}")
        if not n_reference or math.isnan(extent):
            _say_nothing(axis, "no reference vessel" if not n_reference else "area unknown")
            continue
        axis.step(
            false / extent,
            found / n_reference,
            where="post",
            color=_BLUE,
            label=", ".join(
                (
                    plural(n_reference, "invaded vessel"),
                    plural(int(extents["slide"]), "slide"),
                    plural(n_cases, "case"),
                )
            ),
        )
        # Beyond the last candidate nothing more can be had.
        ends = [false[-1] / extent, max(_MOST_FALSE, false[-1] / extent)]
        axis.plot(ends, [found[-1] / n_reference] * 2, ":", color=_BLUE, lw=1)
        intervals = [
            score.intervals[f"mvi_sensitivity_at_{r:g}_fp_per_{unit}"] for r in FALSE_RATES
        ]
        _bars(axis, FALSE_RATES, intervals, _BLUE, "usual rates")
        called = score.counts["mvi_false_positives"] / extent
        axis.plot(
            [called],
            [score.intervals["mvi_sensitivity"].value],
            "D",
            color=_VERMILION,
            label="as called",
            zorder=5,
        )
        axis.legend(loc="lower right", fontsize=8)
    return figure


def draw_reliability(score: CohortScore) -> Figure:
    """The share of truly invaded vessels against the score, and how many scores there are."""
    figure, (axis, counts) = _figure(score, "Reliability of the MVI score", 2, 6.0, is_stacked=True)
    table = [row for row in score.calibration.table if row.n]
    axis.plot([0, 1], [0, 1], "--", color=_GREY, lw=1, label="calibrated")
    intervals = [score.intervals[f"score_true_share_{row.low:g}_to_{row.high:g}"] for row in table]
    _bars(
        axis,
        [row.mean_score for row in table],
        intervals,
        _BLUE,
        "share",
    )
    ece, brier = score.intervals["score_ece"], score.intervals["score_brier"]
    axis.set_title(
        f"{len(score.calibration.table)} bins: ECE {_told(ece)}, Brier score {_told(brier)}",
        fontsize=9,
    )
    axis.set(xlim=(-0.02, 1.02), ylim=(-0.04, 1.04), ylabel="share truly invaded")
    axis.legend(loc="lower right", fontsize=8)
    counts.bar(
        [row.low for row in table],
        [row.n for row in table],
        width=0.1,
        align="edge",
        color=_BLUE,
        edgecolor="white",
    )
    counts.set(xlabel="MVI score", ylabel="vessels found", xlim=(-0.02, 1.02), yscale="symlog")
    counts.set_ylim(bottom=0)
    return figure


def draw_counts(score: CohortScore) -> Figure:
    """Invaded vessels per case, and tumour cells per vessel, counted against true."""
    figure, (vessels, cells) = _figure(score, "Counting: vessels and cells", 2, 10.0)
    true, called = score.figures.vessel_counts.T
    top = max(int(true.max()), int(called.max()), 6) + 1
    vessels.plot([0, top], [0, top], "--", color=_GREY, lw=1)
    # Equal pairs hide one another, so the area of a dot says how many cases it stands for.
    pairs, times = np.unique(np.stack([true, called]), axis=1, return_counts=True)
    vessels.scatter(pairs[0], pairs[1], s=40 * times, color=_BLUE, alpha=0.8, edgecolor="white")
    vessels.axvline(5.5, color=_VERMILION, lw=1, ls=":")
    vessels.axhline(5.5, color=_VERMILION, lw=1, ls=":", label="step of the grade at 5 vessels")
    vessels.set(
        xlabel="invaded vessels per case, true",
        ylabel="invaded vessels per case, called",
        xlim=(-0.5, top),
        ylim=(-0.5, top),
        aspect="equal",
    )
    vessels.set_title(
        f"{plural(len(score.cases), 'case')} (dot area: cases): "
        f"mean error {_told(score.intervals['mvi_count_error'])}",
        fontsize=9,
    )
    vessels.legend(loc="upper left", fontsize=8)
    _draw_cells(cells, score)
    return figure


def _draw_cells(axis: Axes, score: CohortScore) -> None:
    _, counted, true = score.figures.cells.T
    axis.set(xlabel="tumour cells per vessel, true", ylabel="tumour cells per vessel, counted")
    if not len(true):
        _say_nothing(axis, "no invaded vessel was found and counted")
        return
    top = 1.5 * max(int(true.max()), int(counted.max()), 60)
    shown = [np.maximum(numbers, _ZERO_AT) for numbers in (true, counted)]
    axis.plot([_ZERO_AT, top], [_ZERO_AT, top], "--", color=_GREY, lw=1)
    axis.scatter(shown[0], shown[1], s=24, color=_BLUE, alpha=0.8, edgecolor="white", lw=0.5)
    axis.axvline(50.5, color=_VERMILION, lw=1, ls=":")
    axis.axhline(50.5, color=_VERMILION, lw=1, ls=":", label="boxes of the report at 50 cells")
    axis.set(xscale="log", yscale="log", aspect="equal")
    axis.set(xlim=(_ZERO_AT, top), ylim=(_ZERO_AT, top))
    error = score.intervals["cell_count_median_absolute_error"]
    axis.set_title(
        f"{plural(len(true), 'vessel')}: median absolute error {_told(error, in_percent=True)}",
        fontsize=9,
    )
    axis.legend(loc="upper left", fontsize=8)


def draw_sizes(score: CohortScore) -> Figure:
    """F1 and aggregated Jaccard index of vessel outlines by size."""
    figure, (axis,) = _figure(score, "Outlines of vessels by size", 1, 6.4)
    places = np.arange(len(DIAMETER_BINS))
    for name, label, shift, colour, mark in (
        ("vessel_f1_at_iou_0.5", "F1 at IoU 0.5", -0.08, _BLUE, "o"),
        ("vessel_aji", "aggregated Jaccard index", 0.08, _GREEN, "s"),
    ):
        intervals = [score.intervals[f"{name}_{one.key}"] for one in DIAMETER_BINS]
        _bars(axis, (places + shift).tolist(), intervals, colour, label, mark)
    counts = score.counts
    labels = [
        f"{one.name}\n{counts[f'vessels_true_{one.key}']} true,\n{counts[f'vessels_found_{one.key}']} found"
        for one in DIAMETER_BINS
    ]
    axis.set_xticks(places, labels)
    axis.set(
        xlim=(-0.5, len(labels) - 0.5),
        ylim=(-0.03, 1.05),
        xlabel="equivalent diameter",
        ylabel="score",
    )
    axis.legend(loc="lower right", fontsize=8)
    return figure


def _figure(
    score: CohortScore, title: str, n_axes: int, width: float, is_stacked: bool = False
) -> tuple[Figure, list[Axes]]:
    # Half a second that a score without plots should not cost.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, 6.6 if is_stacked else 4.9), layout="constrained")
    label = origin_label(score.origin)
    figure.suptitle(f"{title}\n{label}" if label else title, fontsize=11)
    if is_stacked:
        axes = figure.subplots(n_axes, 1, sharex=True, height_ratios=[3, 1])
    else:
        axes = figure.subplots(1, n_axes)
    found: list[Axes] = np.atleast_1d(axes).tolist()
    for axis in found:
        axis.grid(color="0.9", lw=0.6)
        axis.set_axisbelow(True)
        axis.spines[["top", "right"]].set_visible(False)
    return figure, found


def _froc_frame(axis: Axes, label: str) -> None:
    # Below a quarter the axis is linear, so that no false positive at all has its place.
    axis.set_xscale("symlog", base=2, linthresh=FALSE_RATES[0], linscale=0.7)
    ticks = [0.0, *FALSE_RATES, _MOST_FALSE]
    axis.set_xticks(ticks, [f"{rate:g}" for rate in ticks])
    axis.minorticks_off()
    axis.set(xlabel=label, ylabel="sensitivity", ylim=(-0.03, 1.05))
    axis.set_xlim(-0.02, _MOST_FALSE)


def _bars(
    axis: Axes,
    places: Sequence[float],
    intervals: Sequence[Interval],
    colour: str,
    name: str,
    mark: str = "o",
) -> None:
    """Points with intervals; hollow where there is none, or where all resamples are alike."""
    shown = [
        (x, one) for x, one in zip(places, intervals, strict=True) if not math.isnan(one.value)
    ]
    wide = [(x, one) for x, one in shown if one.high > one.low]
    bare = [(x, one) for x, one in shown if not one.high > one.low]
    if wide:
        # A percentile interval need not hold the figure itself.
        down = [max(0.0, one.value - one.low) for _, one in wide]
        up = [max(0.0, one.high - one.value) for _, one in wide]
        axis.errorbar(
            [x for x, _ in wide],
            [one.value for _, one in wide],
            yerr=[down, up],
            fmt=mark,
            color=colour,
            ms=5,
            capsize=3,
            lw=1.2,
            label=f"{name}, {_INTERVAL}",
            zorder=4,
        )
    axis.plot(
        [x for x, _ in bare],
        [one.value for _, one in bare],
        mark,
        color=colour,
        mfc="white",
        ms=5,
        label=f"{name}, no interval" if bare else None,
        zorder=4,
    )


def _told(one: Interval, in_percent: bool = False) -> str:
    if math.isnan(one.value):
        return "unknown"
    form = ".0%" if in_percent else ".2f"
    interval = "" if math.isnan(one.low) else f" ({one.low:{form}} to {one.high:{form}})"
    return f"{one.value:{form}}{interval}".replace("-", "−").replace("%", " %")


def _say_nothing(axis: Axes, why: str) -> None:
    axis.text(0.5, 0.5, why, ha="center", va="center", transform=axis.transAxes, color=_GREY)
