"""A table small enough to reckon by hand."""

from __future__ import annotations

import pytest

from pathoflow.evsnet.experiment.cell import Cell


def scores(iou: float) -> dict[str, float]:
    return {"iou": iou, "boundary_f1": iou + 0.1, "area_ratio": 1.1}


@pytest.fixture
def cell() -> Cell:
    return Cell(
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


@pytest.fixture
def worse() -> Cell:
    """Another table, in which the full method loses."""
    seeds = {"A": {0: scores(0.7)}, "D": {0: scores(0.66)}, "Z": {0: scores(0.75)}}
    return Cell("glas", "Glands", 10, "test", seeds)
