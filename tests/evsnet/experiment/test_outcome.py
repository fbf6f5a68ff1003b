from __future__ import annotations

import pytest

from pathoflow.evsnet.experiment.outcome import Cell, Outcome


def scores(iou: float) -> dict[str, float]:
    return {"iou": iou, "boundary_f1": iou + 0.1, "area_ratio": 1.1}


CELL = Cell(
    "painted",
    "Painted",
    10,
    "held-out",
    {
        "A": {0: scores(0.5), 1: scores(0.6)},
        "D": {0: scores(0.55), 1: scores(0.61)},
        "Z": {0: scores(0.8), 1: scores(0.8)},
    },
)


def test_gains_are_paired_by_seed_and_the_gap_is_of_means() -> None:
    assert CELL.gains("D", "iou") == pytest.approx([5, 1])
    # 3 of 25 points.
    assert CELL.gap_closed("D", "iou") == pytest.approx(3 / 25)
    assert CELL.gap_closed("Z", "iou") == pytest.approx(1)
    assert CELL.gap_closed("C", "iou") is None


def test_a_row_shows_every_seed_and_how_sure_the_gain_is() -> None:
    table = Outcome("cpu", (CELL,), {"glas": "no data"}, {"steps": 5}).markdown()
    # Deviation of 5 and 1 is 2.83, over the root of two seeds 2.0.
    assert (
        "| D | EVS-Net: critics and self-supervision | 0.550 0.610 | 0.580 | +3.0 ± 2.0 | 0.680 | 1.10 | 12 % |"
        in table
    )
    assert "| A | supervised | 0.500 0.600 | 0.550 | +0.0 | 0.650 | 1.10 | 0 % |" in table
    assert "Not run: glas (no data)." in table


def test_everything_is_kept_for_scripts() -> None:
    plain = Outcome("cpu", (CELL,)).plain()
    [cell] = plain["cells"]
    assert cell["seeds"]["D"]["1"]["iou"] == 0.61
    assert cell["gap_closed"]["D"]["iou"] == pytest.approx(0.12)
