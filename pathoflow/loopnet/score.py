"""How good a trained network is: which vessels it calls MVI, and which cells in them it calls cancer."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from pathoflow.loopnet.examples import VesselExamples
from pathoflow.loopnet.model import LoopNet, ask
from pathoflow.metrics.overlap import ratio


@dataclass(frozen=True, eq=False)
class Answers:
    """What a network said of vessels and of their cells."""

    #: Log-odds of MVI per vessel, shape ``(n,)``.
    odds: NDArray[np.float64]
    #: Probability of cancer per cell, as the cells of the examples lie, shape ``(cells,)``.
    cancer: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares, NaN where there is nothing to take a share of."""

    #: Vessels that are named right; of those that are MVI, the called ones; of the called ones, those that are.
    accuracy: float
    recall: float
    precision: float
    #: The same for cells of vessels that are MVI, as the paper counts them; Dice is their harmonic mean.
    cell_recall: float
    cell_precision: float
    cell_dice: float

    def plain(self) -> dict[str, float | None]:
        """As a table, to four digits; None for NaN."""
        return {
            name: None if np.isnan(value) else round(value, 4)
            for name, value in asdict(self).items()
        }


def look_at(model: LoopNet, examples: VesselExamples, at_once: int = 16) -> Answers:
    """Ask ``model`` about every vessel, a few at a time."""
    odds, cancer = [np.zeros(0)], [np.zeros(0)]
    for start in range(0, len(examples), at_once):
        index = np.arange(start, min(start + at_once, len(examples)))
        verdict, places = ask(model, examples.pixels(index), at_once)
        odds.append(verdict)
        cancer += [places[row, examples.at[examples.span(int(i))]] for row, i in enumerate(index)]
    return Answers(np.concatenate(odds), np.concatenate(cancer))


def score(answers: Answers, examples: VesselExamples) -> Scores:
    """Scores at even odds."""
    called = answers.odds > 0
    in_mvi = np.repeat(examples.is_mvi, examples.n_cells)
    accuracy = ratio(float((called == examples.is_mvi).sum()), len(examples))
    recall, precision, _ = _shares(called, examples.is_mvi)
    cells = _shares(answers.cancer[in_mvi] >= 0.5, examples.is_cancer[in_mvi])
    return Scores(accuracy, recall, precision, *cells)


def false_calls(answers: Answers, examples: VesselExamples) -> dict[str, tuple[int, int]]:
    """How many healthy vessels of every content are called MVI, and of how many."""
    contents = np.array(examples.contents)
    found = {}
    for name in np.unique(contents[~examples.is_mvi]):
        same = ~examples.is_mvi & (contents == name)
        found[str(name)] = (int((answers.odds[same] > 0).sum()), int(same.sum()))
    return found


def _shares(called: NDArray[np.bool_], true: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Recall, precision, Dice."""
    hits, n_called, n_true = float((called & true).sum()), float(called.sum()), float(true.sum())
    return ratio(hits, n_true), ratio(hits, n_called), ratio(2 * hits, n_called + n_true)
