from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from pathoflow.evsnet.experiment.cell import Cell
from pathoflow.evsnet.experiment.outcome import Outcome
from pathoflow.evsnet.experiment.plot import plot


def scores(iou: float) -> dict[str, float]:
    return {"iou": iou, "boundary_f1": iou, "area_ratio": 1.0}


def test_there_is_a_panel_for_every_table_and_none_is_empty(tmp_path: Path) -> None:
    seeds = {"A": {0: scores(0.5), 1: scores(0.6)}, "Z": {0: scores(0.8)}}
    cells = tuple(Cell("toy", "Toy", n, "test", seeds) for n in (5, 10, 20, 40))
    plot(Outcome("cpu", cells), tmp_path / "plots" / "outcome.png")
    picture = np.asarray(Image.open(tmp_path / "plots" / "outcome.png").convert("L"))
    # Three panels in the first row, one in the second, which leaves the rest of that white.
    top, bottom = np.array_split(picture, 2)
    dark = [[(part < 128).mean() for part in np.array_split(row, 3, 1)] for row in (top, bottom)]
    assert min(dark[0]) > 0.001
    assert dark[1][0] > 0.001
    assert max(dark[1][1:]) == 0


def test_nothing_run_gives_an_empty_picture_rather_than_a_fault(tmp_path: Path) -> None:
    plot(Outcome("cpu", ()), tmp_path / "outcome.png")
    assert (tmp_path / "outcome.png").exists()
