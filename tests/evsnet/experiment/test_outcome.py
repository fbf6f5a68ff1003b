from __future__ import annotations

import pytest

from pathoflow.evsnet.experiment.cell import Cell
from pathoflow.evsnet.experiment.outcome import Outcome


def test_a_row_shows_every_seed_and_how_sure_the_gain_is(cell: Cell) -> None:
    table = Outcome("cpu", (cell,), {"glas": "no data"}, {"steps": 5}).markdown()
    # Deviation of 5 and 1 is 2.83, over the root of two seeds 2.0.
    assert (
        "| D | EVS-Net: critics and self-supervision | 0.550 0.610 | 0.580 | +3.0 ± 2.0 | 0.680 | 1.10 | 12 % |"
        in table
    )
    assert "| A | supervised | 0.500 0.600 | 0.550 | +0.0 | 0.650 | 1.10 | 0 % |" in table
    assert "Not run: glas (no data)." in table


def test_everything_is_kept_for_scripts(cell: Cell) -> None:
    plain = Outcome("cpu", (cell,)).plain()
    [kept] = plain["cells"]
    assert kept["seeds"]["D"]["1"]["iou"] == 0.61
    assert kept["gap_closed"]["D"]["iou"] == pytest.approx(0.12)
