from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from pathoflow.loopnet.examples import VesselExamples
from pathoflow.loopnet.model import LoopNet, ask
from pathoflow.loopnet.score import Answers, false_calls, look_at, score

Toy = Callable[..., VesselExamples]
Tiny = Callable[..., LoopNet]


def test_shares_of_vessels_and_of_cells_in_invaded_ones(examples: Toy) -> None:
    found = examples(6)  # MVI: 1, 3, 5
    odds = np.array([1.0, 2.0, -1.0, 0.5, -3.0, -0.1])
    cancer = found.is_cancer * 0.9
    # One false cell in an invaded vessel, any number in healthy ones: the paper counts the first alone.
    span = found.span(1)
    cancer[span.start + int(np.flatnonzero(~found.is_cancer[span])[0])] = 0.6
    cancer[found.span(0)] = 0.8
    scores = score(Answers(odds, cancer), found)
    n = sum(int(found.is_cancer[found.span(i)].sum()) for i in (1, 3, 5))
    assert scores.accuracy == pytest.approx(4 / 6)
    assert scores.recall == pytest.approx(2 / 3)
    assert scores.precision == pytest.approx(2 / 3)
    assert scores.cell_recall == 1
    assert scores.cell_precision == pytest.approx(n / (n + 1))
    assert scores.cell_dice == pytest.approx(2 * n / (2 * n + 1))


def test_a_share_of_nothing_is_none_in_the_table(examples: Toy) -> None:
    found = examples(4).take([0, 2])
    scores = score(Answers(np.array([-1.0, -1.0]), np.zeros(len(found.cells))), found)
    assert math.isnan(scores.recall)
    assert scores.plain() == {
        "accuracy": 1.0,
        "recall": None,
        "precision": None,
        "cell_recall": None,
        "cell_precision": None,
        "cell_dice": None,
    }


def test_false_calls_are_told_by_content(examples: Toy) -> None:
    found = examples(8)  # healthy: 0 and 4 leucocytes, 2 and 6 empty
    odds = np.array([1.0, 1, -1, 1, 1, 1, 2, 1])
    assert false_calls(Answers(odds, np.zeros(0)), found) == {"empty": (1, 2), "leucocytes": (2, 2)}


def test_every_cell_gets_the_answer_of_its_place(tiny: Tiny, examples: Toy) -> None:
    model, found = tiny(), examples(5)
    answers = look_at(model, found, at_once=2)
    odds, places = ask(model, found.pixels(range(5)))
    assert np.allclose(answers.odds, odds, atol=1e-5)
    assert len(answers.cancer) == len(found.cells)
    span = found.span(3)
    assert np.allclose(answers.cancer[span], places[3, found.at[span]], atol=1e-5)
