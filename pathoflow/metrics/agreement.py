"""Agreement of two ratings beyond chance: Cohen's kappa, plain or weighted by how far they lie apart.

With ``o`` the table of counts, ``e`` what its margins give by chance, and ``w`` the disagreement of two
categories at places ``i`` and ``j``:

    kappa = 1 - sum(w o) / sum(w e)
    w = [i != j]      plain        w = |i - j|      linear        w = (i - j)^2      quadratic

Cohen 1960 and 1968. Fifteen lines of arithmetic do not ask for a library; the tests hold them against
one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Weights = Literal["none", "linear", "quadratic"]


def rating_table(
    rated: Sequence[str], true: Sequence[str], categories: Sequence[str]
) -> NDArray[np.int64]:
    """Counts of pairs: rows are the true category, columns the rated one, in the order given.

    Raises
    ------
    ValueError
        If the sequences differ in length, or a rating is none of the categories.
    """
    if len(rated) != len(true):
        raise ValueError(f"{len(rated)} ratings cannot be paired with {len(true)} true ones")
    place = {category: index for index, category in enumerate(categories)}
    table = np.zeros((len(categories), len(categories)), np.int64)
    for one, other in zip(rated, true, strict=True):
        if one not in place or other not in place:
            raise ValueError(
                f"{one!r} or {other!r} is none of the categories {', '.join(categories)}"
            )
        table[place[other], place[one]] += 1
    return table


def cohen_kappa(
    table: NDArray[np.integer] | NDArray[np.floating], weights: Weights = "none"
) -> float:
    """Kappa of a square table of counts.

    Returns
    -------
    float
        At most 1; 0 is chance. NaN where the table is empty or both ratings know only one and the
        same category: then chance alone agrees, and nothing was tested.

    Raises
    ------
    ValueError
        If the table is not square.
    """
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise ValueError(f"agreement needs a square table, got the shape {table.shape}")
    apart = np.abs(np.subtract.outer(np.arange(len(table)), np.arange(len(table))))
    cost = {"none": apart > 0, "linear": apart, "quadratic": apart**2}[weights]
    total = float(table.sum())
    if not total:
        return float("nan")
    by_chance = float((cost * np.outer(table.sum(axis=1), table.sum(axis=0))).sum()) / total
    return 1 - float((cost * table).sum()) / by_chance if by_chance else float("nan")
