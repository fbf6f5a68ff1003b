from __future__ import annotations

import pytest

from pathoflow.phantom import PhantomSpec, Plan, plan_slide


@pytest.fixture(scope="session")
def spec() -> PhantomSpec:
    """A slide of 1.5 x 1.7 mm with every kind of vessel and two that hold tumour cells."""
    return PhantomSpec(
        seed=5, size_px=(1500, 1700), mpp=1.0, family="train", vessels=9, mvi_vessels=2
    )


@pytest.fixture(scope="session")
def plan(spec: PhantomSpec) -> Plan:
    return plan_slide(spec)
