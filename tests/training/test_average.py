from __future__ import annotations

import pytest
import torch

from pathoflow.training.average import Average


def filled(weight: float, count: int) -> torch.nn.BatchNorm1d:
    layer = torch.nn.BatchNorm1d(2)
    with torch.no_grad():
        layer.weight.fill_(weight)
        layer.running_mean.fill_(10 * weight)  # type: ignore[union-attr]
        layer.num_batches_tracked.fill_(count)  # type: ignore[union-attr]
    return layer


def test_the_average_follows_at_the_given_pace_and_copies_counters() -> None:
    average = Average(filled(1.0, 1), 0.9)
    average.update(filled(3.0, 7), 1000)
    own = average.module.state_dict()
    assert own["weight"].tolist() == pytest.approx([0.9 * 1 + 0.1 * 3] * 2)
    assert own["running_mean"].tolist() == pytest.approx([0.9 * 10 + 0.1 * 30] * 2)
    assert int(own["num_batches_tracked"]) == 7


def test_first_steps_count_more() -> None:
    average = Average(filled(0.0, 0), 0.99)
    average.update(filled(1.0, 0), 1)
    assert average.module.state_dict()["weight"].tolist() == pytest.approx([10 / 11] * 2)


def test_the_average_is_a_copy_that_never_learns_by_itself() -> None:
    layer = filled(1.0, 0)
    average = Average(layer, 0.5)
    with torch.no_grad():
        layer.weight.fill_(9.0)
    assert average.module.state_dict()["weight"].tolist() == [1.0, 1.0]
    assert not any(p.requires_grad for p in average.module.parameters())
    assert not average.module.training
