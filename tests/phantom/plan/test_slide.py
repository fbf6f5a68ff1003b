from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from pathoflow.phantom import PhantomSpec, Plan, plan_slide


def test_the_same_recipe_gives_the_same_plan(plan: Plan, spec: PhantomSpec) -> None:
    again = plan_slide(spec)
    assert np.array_equal(plan.look.density, again.look.density)
    for a, b in zip(plan.vessels, again.vessels, strict=True):
        assert np.array_equal(a.outer.polygon_um(), b.outer.polygon_um())
        assert a.n_tumour_cells == b.n_tumour_cells


def test_seeds_and_families_give_other_plans(plan: Plan, spec: PhantomSpec) -> None:
    for other in (replace(spec, seed=6), replace(spec, family="test")):
        changed = plan_slide(other)
        assert not np.array_equal(plan.look.density, changed.look.density)
        assert plan.vessels[0].outer.centre_um != changed.vessels[0].outer.centre_um


def test_clefts_keep_clear_of_vessels() -> None:
    plan = plan_slide(PhantomSpec(3, (5000, 5000), 1.0, "train"))
    assert plan.tissue.clefts
    for cleft in plan.tissue.clefts:
        for vessel in plan.vessels:
            a, b = cleft.centre_um, vessel.outer.centre_um
            apart = np.hypot(a.y - b.y, a.x - b.x)
            assert apart > cleft.reach_um + vessel.outer.reach_um or vessel.is_truncated


def test_a_whole_slide_of_thousands_of_vessels_is_planned_in_seconds_without_drawing_them() -> None:
    began = time.process_time()
    plan = plan_slide(PhantomSpec(1, (80_000, 80_000), 0.5, "train"))
    assert time.process_time() - began < 10
    assert len(plan.tree) > 1500
    assert plan.tree.drawn == 0


def test_frames_of_the_plan_are_those_of_the_recipe(plan: Plan) -> None:
    assert plan.size.shape == (1500, 1700)
    assert plan.mpp.y == plan.mpp.x == 1.0
