"""Two small histograms: how large the vessels are, how the scores fall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pathoflow.report.ranking import Ranked

#: Each bin doubles the last: vessels range from capillaries to main branches.
DIAMETER_EDGES_UM = (0, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, float("inf"))
SCORE_EDGES = tuple(step / 10 for step in range(11))
#: Drawing area in plot pixels.
WIDTH, HEIGHT = 460.0, 150.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bin, in plot pixels from the upper left; the candidates' part stands at the bottom."""

    x: float
    width: float
    height: float
    candidate_height: float
    n: int
    n_candidates: int
    title: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A number under the axis."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A histogram; ``sentence`` says for a screen reader what it shows."""

    title: str
    axis: str
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    sentence: str


def draw_plots(ranked: Sequence[Ranked]) -> list[Plot]:
    """Diameters and scores of all vessels that have them."""
    plots = [
        _histogram(
            ranked,
            "equivalent_diameter_um",
            DIAMETER_EDGES_UM,
            "Vessel size",
            "equivalent diameter, µm",
        ),
        _histogram(ranked, "p_mvi", SCORE_EDGES, *_number(ranked)),
    ]
    return [plot for plot in plots if plot is not None]


def _number(ranked: Sequence[Ranked]) -> tuple[str, str]:
    """Title and axis: a probability where it is one for every vessel, otherwise a score."""
    if ranked and all(item.vessel.get("p_mvi_calibrated", False) for item in ranked):
        return "MVI probability", "calibrated on vessels set aside"
    return "MVI score", "score, uncalibrated"


def _histogram(
    ranked: Sequence[Ranked], name: str, edges: Sequence[float], title: str, axis: str
) -> Plot | None:
    known = [item for item in ranked if item.vessel.get(name) is not None]
    if not known:
        return None
    counts = _count([float(item.vessel[name]) for item in known], edges)
    called = _count([float(item.vessel[name]) for item in known if item.is_candidate], edges)
    step = WIDTH / len(counts)
    unit = HEIGHT / max(counts)
    bars = tuple(
        Bar(
            x=index * step + 2,
            width=step - 4,
            height=n * unit,
            candidate_height=called[index] * unit,
            n=n,
            n_candidates=called[index],
            title=f"{_span(edges[index], edges[index + 1])}: {n} vessels, {called[index]} of them candidates",
        )
        for index, n in enumerate(counts)
    )
    ticks = tuple(Tick(index * step, _edge(edge)) for index, edge in enumerate(edges))
    sentence = f"{title}: {len(known)} vessels. " + "; ".join(bar.title for bar in bars if bar.n)
    return Plot(title, axis, bars, ticks, sentence)


def _count(values: Sequence[float], edges: Sequence[float]) -> list[int]:
    """Values per bin; each bin holds its lower edge, the last also its upper one."""
    bins = np.searchsorted(edges, values, side="right") - 1
    bins = np.clip(bins, 0, len(edges) - 2)
    return [int(n) for n in np.bincount(bins, minlength=len(edges) - 1)]


def _edge(edge: float) -> str:
    return "" if edge == float("inf") else f"{edge:g}"


def _span(low: float, high: float) -> str:
    return f"{low:g} and more" if high == float("inf") else f"{low:g} to {high:g}"
