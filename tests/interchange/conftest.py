from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pathoflow.store import Result, save_result

Rings = list[list[list[float]]]


@pytest.fixture
def make_result(tmp_path: Path) -> Callable[..., Result]:
    """A valid result whose vessels have the given outlines; the first is the candidate."""

    def make(*outlines: Rings, **vessel: Any) -> Result:
        return save_result(
            tmp_path, _result([_vessel(n, rings, vessel) for n, rings in enumerate(outlines)])
        )

    return make


@pytest.fixture
def square() -> Rings:
    """120 x 90 px at x = 1000, y = 2000."""
    return [[[1000, 2000], [1120, 2000], [1120, 2090], [1000, 2090], [1000, 2000]]]


def _vessel(number: int, rings: Rings, changes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(uuid.UUID(int=number + (4 << 76) + (8 << 60))),
        "outline": {"type": "Polygon", "coordinates": rings},
        "centroid_px": [2045.0, 1060.0],
        "area_um2": 2700.0,
        "equivalent_diameter_um": 58.63,
        "kind": "portal",
        "location": "peritumoral_near",
        "truncated": False,
        "p_vessel": 0.97,
        "p_mvi": 0.93 - number / 1000,
        "n_tumour_cells": 37,
        "n_tumour_cells_interval": [30, 44.5],
        "tumour_in_lumen_fraction": None,
        "attachment": None,
        "dist_edge_um": 4210.0,
        "dist_method": "auto",
        "flags": ["fold", "pen"],
        **changes,
    }


def _result(vessels: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "schema": 1,
        "status": "ok",
        "codes": [],
        "slide": {
            "id": "Fall 7 肝",
            "file_sha256": None,
            "size_px": [40000, 50000],
            "mpp": [0.5, 0.5],
            "mpp_source": "user",
            "vendor": None,
        },
        "tissue": {"area_um2": 2.5e7, "excluded_area_um2": 0, "pieces": 1},
        "tumour": {"area_um2": 4e6, "regions": 1},
        "vessels": vessels,
        "mvi": {"n_candidates": min(1, len(vessels)), "systems": {}, "reviewed": False},
        "provenance": {
            "pathoflow": "0.1.0",
            "commit": None,
            "networks": [{"name": "vessels", "sha256": "cd" * 32}],
            "settings": {},
            "device": "cpu",
            "dtype": "float32",
            "torch": None,
            "started_utc": None,
            "finished_utc": None,
            "tiles": {"done": 1, "skipped": 0, "failed": 0},
            "synthetic": True,
        },
    }
