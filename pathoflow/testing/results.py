"""Made-up slide results for tests of what comes after the analysis: valid by the schema, no pixel behind them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pathoflow.store import Result, ResultFolder, save_result


@dataclass(frozen=True, slots=True)
class MadeVessel:
    """One vessel; the defaults are a sure find of few cells close to the tumour."""

    p_mvi: float = 0.9
    dist_edge_um: float | None = 900.0
    n_cells: int | None = 20
    n_cells_interval: tuple[int, int] | None = None
    kind: str = "portal"
    location: str = ""
    piece: int | None = None

    def times(self, n: int) -> tuple[MadeVessel, ...]:
        """Several alike."""
        return (self,) * n

    def but(self, **changes: Any) -> MadeVessel:
        """The same with some changes."""
        return replace(self, **changes)


def made_vessel_id(slide: str, index: int) -> str:
    """The id of a made-up slide's vessel."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"made-up/{slide}/{index}"))


def made_result(
    slide: str,
    vessels: Sequence[MadeVessel] = (),
    codes: Sequence[Mapping[str, Any]] = (),
    status: str = "ok",
    n_tumours: int = 1,
) -> dict[str, Any]:
    """A complete `result.json`; every vessel is a candidate, from a score of 0.5 on a called one."""
    is_failed = status == "failed"
    return {
        "schema": 1,
        "status": status,
        "codes": [dict(code) for code in codes],
        "slide": {
            "id": slide,
            "file_sha256": "ab" * 32,
            "size_px": [40_000, 50_000],
            "mpp": [0.5, 0.5],
            "mpp_source": "header",
            "vendor": "aperio",
        },
        "tissue": {"area_um2": 2.1e8, "excluded_area_um2": 4e6, "pieces": 1},
        "tumour": {
            "area_um2": None if is_failed else 4e7 * n_tumours,
            "regions": None if is_failed else n_tumours,
        },
        "vessels": [] if is_failed else [_vessel(slide, i, v) for i, v in enumerate(vessels)],
        "mvi": {
            "n_candidates": None if is_failed else len(vessels),
            "systems": {},
            "reviewed": False,
        },
        "provenance": {
            "pathoflow": "0.1.0",
            "commit": None,
            "networks": [{"name": "vessels", "sha256": "cd" * 32}],
            "settings": {},
            "device": "cpu",
            "dtype": "float32",
            "torch": "2.13.0",
            "started_utc": "2026-01-02T03:04:05Z",
            "finished_utc": "2026-01-02T03:05:05Z",
            "tiles": {"done": 12, "skipped": 30, "failed": 0},
            "synthetic": False,
        },
    }


def save_made_result(
    out: Path, slide: str, vessels: Sequence[MadeVessel] = (), **more: Any
) -> Result:
    """Write ``out/<slide>/result.json``; ``more`` goes to `made_result`."""
    folder = ResultFolder(out / slide)
    folder.prepare()
    return save_result(folder, made_result(slide, vessels, **more))


def _vessel(slide: str, index: int, made: MadeVessel) -> dict[str, Any]:
    x, y = 1000 + 200 * index, 2000
    ring = [[x, y], [x + 120, y], [x + 120, y + 90], [x, y + 90], [x, y]]
    interval = made.n_cells_interval
    row = {
        "id": made_vessel_id(slide, index),
        "outline": {"type": "Polygon", "coordinates": [ring]},
        "centroid_px": [y + 45.0, x + 60.0],
        "area_um2": 2700.0,
        "equivalent_diameter_um": 58.63,
        "kind": made.kind,
        "location": made.location or _location(made.dist_edge_um),
        "truncated": False,
        "p_vessel": 0.97,
        # Equal scores would be ordered by id, which nobody can foresee.
        "p_mvi": round(made.p_mvi - 1e-4 * index, 6),
        "n_tumour_cells": made.n_cells,
        "n_tumour_cells_interval": None if interval is None else list(interval),
        "tumour_in_lumen_fraction": 0.4,
        "attachment": "adherent",
        "dist_edge_um": made.dist_edge_um,
        "dist_method": None if made.dist_edge_um is None else "auto",
        "flags": [],
    }
    return row if made.piece is None else row | {"piece": made.piece}


def _location(dist_edge_um: float | None) -> str:
    if dist_edge_um is None:
        return "unknown"
    return "peritumoral_near" if dist_edge_um <= 10_000 else "peritumoral_far"
