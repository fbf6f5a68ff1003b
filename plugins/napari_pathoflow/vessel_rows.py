"""A vessel of `result.json` as the gallery knows it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from napari_pathoflow.candidates import Candidate


def candidate_of(row: Mapping[str, Any], slide: str) -> Candidate:
    """A vessel with everything that the machine found, and no verdict."""
    interval = row["n_tumour_cells_interval"]
    flags = list(row.get("flags") or ())
    if row.get("truncated") and "truncated" not in flags:
        flags.insert(0, "truncated")
    return Candidate(
        row["id"],
        slide,
        rings_of(row["outline"]),
        row["p_mvi"],
        row["equivalent_diameter_um"],
        row["dist_edge_um"],
        row["kind"] or "unknown",
        row["location"] or "unknown",
        row["n_tumour_cells"],
        None if interval is None else (math.floor(interval[0]), math.ceil(interval[1])),
        tuple(flags),
    )


def rings_of(geometry: Mapping[str, Any]) -> tuple[NDArray[np.float64], ...]:
    """The rings of a GeoJSON Polygon, holes included, as arrays of (x, y)."""
    return tuple(np.asarray(ring, float)[:, :2] for ring in geometry["coordinates"])
