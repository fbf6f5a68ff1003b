from __future__ import annotations

import math

import pytest
import torch

from pathoflow.training.optimiser import Optimisation


def test_the_rate_rises_to_its_top_and_falls_by_half_a_cosine_to_one_percent() -> None:
    how = Optimisation(learning_rate=0.1, warm_share=0.1)
    assert how.rate(1, 100) == pytest.approx(0.01)
    assert how.rate(10, 100) == pytest.approx(0.1)
    assert how.rate(55, 100) == pytest.approx(
        0.1 * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi / 2)))
    )
    assert how.rate(100, 100) == pytest.approx(0.001)


def test_the_rate_can_stay_at_its_top_before_it_falls() -> None:
    how = Optimisation(learning_rate=0.1, warm_share=0.1, hold_share=0.5)
    assert [how.rate(step, 100) for step in (10, 30, 50)] == pytest.approx([0.1] * 3)
    assert how.rate(75, 100) == pytest.approx(0.1 * (0.01 + 0.99 * 0.5))
    assert how.rate(100, 100) == pytest.approx(0.001)


def test_a_constant_rate_only_rises() -> None:
    how = Optimisation(learning_rate=0.1, shape="constant", warm_share=0.02)
    assert [how.rate(step, 100) for step in (1, 2, 50, 100)] == pytest.approx([0.05, 0.1, 0.1, 0.1])


def test_the_optimiser_takes_adamw_steps_with_these_settings() -> None:
    weight = torch.nn.Parameter(torch.tensor([2.0]))
    optimiser = Optimisation(learning_rate=0.1, weight_decay=0.5).optimiser([weight])
    (3 * weight).sum().backward()
    optimiser.step()
    # Decay first, then a first Adam step of the length of the rate, whatever the gradient.
    assert float(weight.detach()) == pytest.approx(2.0 * (1 - 0.1 * 0.5) - 0.1, rel=1e-4)
