"""Rows of a result as the gallery knows them."""

from __future__ import annotations

from pathlib import Path

from napari_pathoflow.vessel_rows import candidate_of, rings_of
from pathoflow.testing.results import MadeVessel, save_made_result


def test_a_row_keeps_what_the_machine_found(tmp_path: Path) -> None:
    made = MadeVessel(p_mvi=0.8, dist_edge_um=12.0, n_cells=33, n_cells_interval=(30, 36))
    (row,) = save_made_result(tmp_path, "a", [made]).vessels
    one = candidate_of({**row, "truncated": True, "flags": ["fold"]}, "a")
    assert (one.p_mvi, one.dist_edge_um, one.n_cells) == (0.8, 12.0, 33)
    assert one.n_cells_interval == (30, 36)
    assert one.flags == ("truncated", "fold")
    assert one.box_px == (2000, 1000, 2090, 1120)
    assert one.verdict is None


def test_holes_are_rings_too() -> None:
    outline = {"coordinates": [[[0, 0], [9, 0], [9, 9], [0, 0]], [[2, 1], [3, 1], [3, 2], [2, 1]]]}
    rings = rings_of(outline)
    assert len(rings) == 2
    assert rings[1][0].tolist() == [2.0, 1.0]
