from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from pathoflow.inference import measure_domain
from pathoflow.networks import Domain
from pathoflow.space import Box

Make = Callable[..., Any]


class Colours(nn.Module):
    """An encoder whose features are the colours themselves."""

    def encoder(self, x: torch.Tensor) -> list[torch.Tensor]:
        return [x[:, :1], x]


def statistics(limit: float = 2.0) -> Domain:
    """Of tissue that is normalised to (0.6, -0.4, 0.2), give or take 0.1, each channel for itself."""
    mean = np.array([0.6, -0.4, 0.2], np.float32)
    return Domain(mean, np.eye(3, dtype=np.float32) / 0.1**2, limit, 32)


def coloured(*normalised: float) -> np.ndarray:
    rgb = np.round((np.array(normalised) * 0.5 + 0.5) * 255).astype(np.uint8)
    return np.broadcast_to(rgb, (100, 140, 3)).copy()


def test_own_tissue_is_near_and_foreign_tissue_far(make_target: Make, network: Make) -> None:
    net = network(Colours(), domain=statistics())
    own = measure_domain(make_target(net, pixels=coloured(0.6, -0.4, 0.2)), net)
    foreign = measure_domain(make_target(net, pixels=coloured(0.6, -0.4, 0.8)), net)
    assert own is not None
    assert foreign is not None
    assert own.distance < 0.1
    assert not own.is_foreign
    # One channel of three is 0.6 / 0.1 = 6 deviations off.
    assert foreign.distance == pytest.approx(6 / math.sqrt(3), abs=0.1)
    assert foreign.is_foreign
    assert (foreign.limit, foreign.network) == (2.0, "vessel-test")


def test_a_few_odd_pieces_do_not_make_a_slide_foreign(make_target: Make, network: Make) -> None:
    net = network(Colours(), domain=statistics())
    pixels = coloured(0.6, -0.4, 0.2)
    pixels[:32, :32] = 0
    found = measure_domain(make_target(net, pixels=pixels), net)
    assert found is not None
    assert not found.is_foreign


def test_glass_does_not_count(make_target: Make, network: Make) -> None:
    net = network(Colours(), domain=statistics())
    pixels, tissue = coloured(1, 1, 1), np.zeros((100, 140), bool)
    pixels[:, :70], tissue[:, :70] = coloured(0.6, -0.4, 0.2)[:, :70], True
    target = make_target(net, pixels=pixels, tissue=tissue)
    found = measure_domain(target, net)
    assert found is not None
    assert found.distance < 0.1
    assert all(box.right <= 70 for box in target.slide.reads)


def test_pieces_that_reach_beyond_the_slide_are_not_taken_for_tissue(
    make_target: Make, network: Make
) -> None:
    net = network(Colours(), domain=statistics())
    target = make_target(net, pixels=coloured(0.6, -0.4, 0.2))
    found = measure_domain(target, net, n_samples=100)
    assert found is not None
    # 3 x 4 pieces of 32 px lie inside 100 x 140 px; the fifth column has 12 of 32 px, the fourth row 4.
    assert found.n_sampled == 12
    assert all(Box(0, 0, 100, 140).contains(box) for box in target.slide.reads)


def test_samples_are_few_and_spread_over_the_tissue(make_target: Make, network: Make) -> None:
    net = network(Colours(), domain=statistics())
    target = make_target(net, pixels=coloured(0.6, -0.4, 0.2))
    found = measure_domain(target, net, n_samples=3)
    assert found is not None
    assert found.n_sampled == len(target.slide.reads) == 3
    assert {box.top for box in target.slide.reads} >= {0, 64}


def test_a_biopsy_thinner_than_a_sample_is_judged_by_its_fullest_piece(
    make_target: Make, network: Make
) -> None:
    net = network(Colours(), domain=statistics())
    tissue = np.zeros((100, 140), bool)
    tissue[40:50, 70:90] = True
    target = make_target(net, pixels=coloured(0.6, -0.4, 0.2), tissue=tissue)
    found = measure_domain(target, net)
    assert found is not None
    # Columns 70 to 89 lie in the pieces from 64 on: all twenty of them.
    assert target.slide.reads == [Box(32, 64, 32, 32)]


def test_unreadable_pieces_are_passed_over(make_target: Make, network: Make) -> None:
    net = network(Colours(), domain=statistics())
    pixels = coloured(0.6, -0.4, 0.2)
    some = measure_domain(
        make_target(net, pixels=pixels, damaged=(Box(0, 0, 5, 5),)), net, n_samples=100
    )
    assert some is not None
    assert some.n_sampled == 11
    assert (
        measure_domain(make_target(net, pixels=pixels, damaged=(Box(0, 0, 100, 140),)), net) is None
    )


def test_without_statistics_or_tissue_there_is_no_verdict(make_target: Make, network: Make) -> None:
    plain = network(Colours())
    assert measure_domain(make_target(plain), plain) is None
    net = network(Colours(), domain=statistics())
    glass = make_target(net, pixels=coloured(1, 1, 1), tissue=np.zeros((100, 140), bool))
    assert measure_domain(glass, net) is None
