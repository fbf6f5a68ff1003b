"""How well things were counted: relative errors and agreement of the box of the report.

    relative error = (counted - true) / true          undefined where true is 0

The pathology report asks for one of two boxes per vessel, at most 50 tumour cells or more than 50.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pathoflow.metrics.agreement import cohen_kappa, rating_table
from pathoflow.metrics.overlap import ratio

#: The highest count of the report's lower box.
FEW_CELLS = 50

CellBox = Literal["<=50", ">50"]
#: Both boxes, the lower one first.
CELL_BOXES: tuple[CellBox, CellBox] = ("<=50", ">50")


def cell_box(n_cells: int) -> CellBox:
    """The report's box for a number of tumour cells in one vessel."""
    return "<=50" if n_cells <= FEW_CELLS else ">50"


@dataclass(frozen=True, slots=True)
class CountScore:
    """Agreement of counts with the truth over many vessels."""

    n: int
    """Pairs compared."""
    n_without_truth: int
    """Pairs whose true count is 0, which have no relative error and stay out of the medians."""
    median_error: float
    """Median of ``(counted - true) / true``; its sign shows counting too many or too few."""
    median_absolute_error: float
    """Median of ``|counted - true| / true``."""
    mean_absolute_error: float
    """Mean of ``|counted - true| / true``."""
    box_agreement: float
    """Share of all pairs whose boxes agree."""
    box_kappa: float
    """The same beyond chance (Cohen); NaN where all counts of both lie in one box."""


def relative_error(counted: int, true: int) -> float:
    """``(counted - true) / true``; NaN where ``true`` is 0."""
    return ratio(counted - true, true)


def score_counts(counted: Sequence[int], true: Sequence[int]) -> CountScore:
    """Compare counts with true counts, pair by pair.

    Returns
    -------
    CountScore
        NaN stands where nothing could be compared.

    Raises
    ------
    ValueError
        If the sequences differ in length or a count is negative.
    """
    if len(counted) != len(true):
        raise ValueError(f"{len(counted)} counts cannot be paired with {len(true)} true counts")
    if min((*counted, *true), default=0) < 0:
        raise ValueError("a count cannot be negative")
    errors = np.array(
        [relative_error(c, t) for c, t in zip(counted, true, strict=True) if t], dtype=np.float64
    )
    boxes = box_table(counted, true)
    nan = float("nan")
    return CountScore(
        n=len(true),
        n_without_truth=len(true) - len(errors),
        median_error=float(np.median(errors)) if len(errors) else nan,
        median_absolute_error=float(np.median(np.abs(errors))) if len(errors) else nan,
        mean_absolute_error=float(np.mean(np.abs(errors))) if len(errors) else nan,
        box_agreement=ratio(int(boxes.trace()), len(true)),
        box_kappa=cohen_kappa(boxes),
    )


def box_table(counted: Sequence[int], true: Sequence[int]) -> NDArray[np.int64]:
    """How many pairs fall in which boxes: rows are the true box, columns the counted one."""
    return rating_table([cell_box(c) for c in counted], [cell_box(t) for t in true], CELL_BOXES)
