"""One walk over all vessels of a slide, keeping what the files need and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pathoflow.phantom.truth.features import vessel_feature
from pathoflow.phantom.truth.outlines import Truth
from pathoflow.phantom.truth.table import cell_places, vessel_row


@dataclass(frozen=True, eq=False)
class Survey:
    """Facts, outlines and cells of every vessel, by index."""

    rows: list[dict[str, Any]]
    features: list[dict[str, Any]]
    #: Shape ``(n, 3)``, columns `CELL_COLUMNS`.
    cells: NDArray[np.float64]


def survey(truth: Truth) -> Survey:
    """Draw every vessel once; of a large slide only some are held at a time."""
    rows: list[dict[str, Any]] = []
    features: list[dict[str, Any]] = []
    cells = [np.zeros((0, 3))]
    for vessel in truth.each_vessel():
        rows.append(vessel_row(truth, vessel))
        feature = vessel_feature(truth, vessel, rows[-1])
        features += [] if feature is None else [feature]
        cells.append(cell_places(truth, vessel))
    return Survey(rows, features, np.concatenate(cells))
