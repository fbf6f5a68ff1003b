from __future__ import annotations

from pathoflow.phantom import PhantomSpec, Truth
from pathoflow.testing.staged import Part, stage


def test_a_stage_holds_the_vessels_that_were_asked_for() -> None:
    spec = PhantomSpec(seed=5, size_px=(6000, 6000), mpp=0.5, family="test")
    parts = {
        "empty": Part("central", 120.0),
        "invaded": Part("sublobular", 220.0, "tumour", 12),
    }
    plan = stage(spec, parts)
    vessels = list(Truth(plan).each_vessel())
    holding = [vessel.contents.name for vessel in vessels]
    assert "tumour" in holding
    invaded = next(vessel for vessel in vessels if vessel.contents.name == "tumour")
    assert invaded.n_tumour_cells == 12
    assert abs(invaded.diameter_um - 220) < 45
