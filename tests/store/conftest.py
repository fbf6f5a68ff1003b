from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

VESSEL: dict[str, Any] = {
    "id": "3f1d2c0e-8a57-4c3e-9b1e-0d5f6a7b8c9d",
    "outline": {
        "type": "Polygon",
        "coordinates": [[[1000, 2000], [1120, 2000], [1120, 2090], [1000, 2090], [1000, 2000]]],
    },
    "centroid_px": [2045.0, 1060.0],
    "area_um2": 2700.0,
    "equivalent_diameter_um": 58.63,
    "kind": "portal",
    "location": "peritumoral_near",
    "truncated": False,
    "p_vessel": 0.97,
    "p_mvi": 0.93,
    "n_tumour_cells": 37,
    "n_tumour_cells_interval": [30, 44.5],
    "tumour_in_lumen_fraction": 0.4,
    "attachment": "adherent",
    "dist_edge_um": 4210.0,
    "dist_method": "auto",
    "flags": ["fold"],
}
UNKNOWN_VESSEL: dict[str, Any] = {
    **VESSEL,
    "id": "11111111-2222-4333-8444-555555555555",
    "kind": "unknown",
    "location": None,
    "truncated": True,
    "p_mvi": None,
    "n_tumour_cells": None,
    "n_tumour_cells_interval": None,
    "tumour_in_lumen_fraction": None,
    "attachment": None,
    "dist_edge_um": None,
    "dist_method": None,
    "flags": [],
}
RESULT: dict[str, Any] = {
    "schema": 1,
    "status": "ok_with_warnings",
    "codes": [
        {"code": "BLUR", "severity": "warning", "message": "6 % is blurred", "area_um2": 5.5}
    ],
    "slide": {
        "id": "case-7",
        "file_sha256": "ab" * 32,
        "size_px": [40000, 50000],
        "mpp": [0.5, 0.5],
        "mpp_source": "header",
        "vendor": "aperio",
    },
    "tissue": {"area_um2": 2.5e7, "excluded_area_um2": 1e5, "pieces": 2},
    "tumour": {"area_um2": 4e6, "regions": 1},
    "vessels": [VESSEL, UNKNOWN_VESSEL],
    "mvi": {
        "n_candidates": 1,
        "systems": {
            "NHC": {"grade": None, "possible": ["M1", "M2b"], "reasons": ["one distance unknown"]},
            "SNUH": {"grade": "mild", "possible": ["mild"], "reasons": []},
        },
        "reviewed": False,
    },
    "provenance": {
        "pathoflow": "0.1.0",
        "commit": None,
        "networks": [{"name": "vessels", "sha256": "cd" * 32}],
        "settings": {"mpp": 2.0},
        "device": "cpu",
        "dtype": "float32",
        "torch": "2.13.0",
        "started_utc": "2026-01-02T03:04:05Z",
        "finished_utc": "2026-01-02T03:05:05.250+00:00",
        "tiles": {"done": 12, "skipped": 30, "failed": 0},
        "synthetic": True,
    },
}


@pytest.fixture
def result_data() -> dict[str, Any]:
    """A complete, valid result: one vessel of which all is known, one of which little is."""
    return copy.deepcopy(RESULT)


@pytest.fixture
def failed_data() -> dict[str, Any]:
    """A slide that no reader could open."""
    data = copy.deepcopy(RESULT)
    data["status"] = "failed"
    data["codes"] = [{"code": "SLIDE_CORRUPT", "severity": "error", "message": "cut at 60 %"}]
    data["slide"] |= {"file_sha256": None, "size_px": None, "mpp": None, "mpp_source": None}
    data["slide"]["vendor"] = None
    data["tissue"] = dict.fromkeys(data["tissue"])
    data["tumour"] = dict.fromkeys(data["tumour"])
    data["vessels"] = []
    data["mvi"] = {"n_candidates": None, "systems": {}, "reviewed": False}
    return data


@pytest.fixture
def tree() -> Callable[[Any], dict[str, bytes]]:
    """Every file below a folder, by its relative path."""
    return lambda root: {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
