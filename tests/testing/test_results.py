from __future__ import annotations

from pathlib import Path

from pathoflow.store import load_result, result_problems
from pathoflow.testing.results import MadeVessel, made_result, made_vessel_id, save_made_result


def test_a_made_up_result_is_valid_by_the_schema() -> None:
    vessels = [*MadeVessel().times(2), MadeVessel(dist_edge_um=None, n_cells=None)]
    assert result_problems(made_result("s", vessels)) == []
    error = {"code": "SLIDE_CORRUPT", "severity": "error", "message": "cut"}
    assert result_problems(made_result("s", vessels, [error], "failed")) == []


def test_its_candidates_keep_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    save_made_result(tmp_path, "s", [MadeVessel(), MadeVessel(), MadeVessel(0.3)])
    ids = [vessel["id"] for vessel in load_result(tmp_path / "s").candidates]
    assert ids == [made_vessel_id("s", i) for i in range(3)]
