from __future__ import annotations

import pytest

from pathoflow.evsnet.experiment.cell import Cell
from pathoflow.evsnet.experiment.verdict import claim, pooled_gap, summary


def test_an_arms_line_counts_every_seed_of_every_table(cell: Cell, worse: Cell) -> None:
    # Gains of 5 and 1 points in one table, -4 in the other: mean 0.7, two of three above.
    row = next(line for line in summary([cell, worse]).splitlines() if line.startswith("| D "))
    assert "| +0.7 | 2 of 3 | +0.7 | 2 of 3 |" in row
    assert not [line for line in summary([cell]).splitlines() if line.startswith("| A ")]


def test_the_gap_of_all_tables_weighs_each_by_its_own(cell: Cell, worse: Cell) -> None:
    # Means of gains 3 and -4 over means of gaps 25 and 5.
    assert pooled_gap([cell, worse], "D", "iou") == pytest.approx(-1 / 30)
    assert pooled_gap([cell], "C", "iou") is None


def test_the_claim_says_how_often_it_holds_and_how_far(cell: Cell, worse: Cell) -> None:
    sentence = claim([cell, worse])
    assert "in 1 of 2 tables by IoU and in 1 by boundary F1 (1 by one or the other)" in sentence
    assert "it closes -3 % over all tables and -3 % over those with 10 labels" in sentence
    # Gains of 5, 1 and -4 points.
    assert "boundary F1 changes by +0.7 points" in sentence


def test_without_figures_nothing_is_claimed(cell: Cell) -> None:
    alone = Cell("painted", "Painted", 10, "held-out", {"A": cell.seeds["A"]})
    assert claim([alone]) == ""
