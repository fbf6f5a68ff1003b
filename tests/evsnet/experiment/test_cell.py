from __future__ import annotations

import pytest

from pathoflow.evsnet.experiment.cell import Cell


def test_gains_are_paired_by_seed_and_the_gap_is_of_means(cell: Cell) -> None:
    assert cell.gains("D", "iou") == pytest.approx([5, 1])
    # 3 of 25 points.
    assert cell.gap_closed("D", "iou") == pytest.approx(3 / 25)
    assert cell.gap_closed("Z", "iou") == pytest.approx(1)
    assert cell.gap_closed("C", "iou") is None
