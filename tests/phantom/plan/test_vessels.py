from __future__ import annotations

from collections import Counter

import pytest
from shapely import STRtree

from pathoflow.errors import UsageError
from pathoflow.phantom import PhantomSpec, Plan, Truth, plan_slide
from pathoflow.phantom.plan.vessels import GAP_UM


def gaps_um(plan: Plan) -> float:
    walls = Truth(plan).walls
    tree = STRtree(walls)
    nearest = [
        float(walls[a].distance(walls[b]))
        for a, wall in enumerate(walls)
        for b in tree.query(wall.buffer(60))
        if a != b
    ]
    return min(nearest, default=60.0) * plan.spec.mpp


@pytest.mark.parametrize("seed", range(3))
def test_vessels_never_come_closer_than_their_gap(seed: int) -> None:
    plan = plan_slide(PhantomSpec(seed, (6000, 6000), 0.5, "train", vessels=24))
    assert len(plan.vessels) == 24
    assert gaps_um(plan) >= GAP_UM - 0.1


def test_vessels_lie_in_the_liver_clear_of_glass_and_tumour(plan: Plan) -> None:
    truth = Truth(plan)
    assert truth.tumour is not None
    for wall in truth.walls:
        assert truth.tissue.contains(wall)
        assert not truth.tumour.intersects(wall)


def test_a_ten_millimetre_slide_has_dozens_of_vessels_of_every_kind() -> None:
    plan = plan_slide(PhantomSpec(2, (10000, 10000), 1.0, "train"))
    kinds = Counter(vessel.kind for vessel in plan.vessels)
    assert len(plan.vessels) >= 45
    assert kinds["portal"] == kinds["artery"]
    assert min(kinds["portal"], kinds["hepatic"]) >= 12
    assert sum(vessel.is_mvi for vessel in plan.vessels) >= 3
    assert all(vessel.diameter_um >= 60 for vessel in plan.vessels if vessel.is_mvi)
    assert all(vessel.kind != "artery" for vessel in plan.vessels if vessel.is_mvi)


def test_the_recipe_decides_how_many_vessels_hold_tumour_cells(plan: Plan) -> None:
    assert len(plan.vessels) == 9
    assert sum(vessel.is_mvi for vessel in plan.vessels) == 2
    none = plan_slide(PhantomSpec(1, (3000, 3000), 0.5, "train", mvi_vessels=0))
    assert not any(vessel.is_mvi for vessel in none.vessels)
    clean = plan_slide(PhantomSpec(1, (3000, 3000), 0.5, "train", tumour=False))
    assert not any(vessel.is_mvi for vessel in clean.vessels)


def test_more_vessels_than_fit_are_refused_with_a_remedy() -> None:
    with pytest.raises(UsageError, match=r"vessels = 150 do not fit.*lower vessels"):
        plan_slide(PhantomSpec(1, (1500, 1500), 0.5, "train", vessels=150))
    with pytest.raises(UsageError, match="mvi_vessels = 9 exceeds"):
        plan_slide(PhantomSpec(1, (3000, 3000), 0.5, "train", vessels=6, mvi_vessels=9))


def test_no_vessels_are_possible() -> None:
    assert plan_slide(PhantomSpec(1, (1500, 1500), 0.5, "train", vessels=0)).vessels == ()
