from __future__ import annotations

from pathoflow.phantom import Plan, Truth
from pathoflow.phantom.truth.survey import survey


def test_one_walk_finds_every_vessel_once_and_all_their_cells(plan: Plan) -> None:
    found = survey(Truth(plan))
    numbers = [row["label"] for row in found.rows]
    assert numbers == list(range(1, len(plan.vessels) + 1))
    assert [feature["id"] for feature in found.features] == [row["id"] for row in found.rows]
    assert len(found.cells) == sum(vessel.n_tumour_cells for vessel in plan.vessels) > 0
