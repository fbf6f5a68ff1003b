from __future__ import annotations

import numpy as np
import torch

from pathoflow.training.draws import drawn_by_layers, generator, seed_of


def test_a_place_draws_the_same_whatever_was_drawn_before() -> None:
    first = torch.rand(5, generator=generator(1, "labelled", 25))
    for step in range(25):
        torch.rand(3, generator=generator(1, "labelled", step))
    assert torch.equal(torch.rand(5, generator=generator(1, "labelled", 25)), first)


def test_streams_steps_parts_and_seeds_draw_apart() -> None:
    places = [
        (s, n, *p) for s in (0, 1) for n in ("a", "b") for p in [(1, 0), (1, 1), (2, 0), (0, 1)]
    ]
    seeds = {seed_of(*place) for place in places}  # type: ignore[arg-type]
    assert len(seeds) == len(places)


def test_draws_of_neighbouring_steps_are_not_alike() -> None:
    drawn = [torch.rand(400, generator=generator(0, "x", step)).numpy() for step in range(20)]
    correlations = np.corrcoef(drawn)[~np.eye(20, dtype=bool)]
    # Of independent draws: 380 values around 0 with deviation 0.05.
    assert abs(correlations).max() < 0.25


def test_layers_draw_by_their_place_and_nobody_else_is_touched() -> None:
    before = torch.random.get_rng_state()
    with drawn_by_layers(5, 7):
        first = torch.rand(3)
    with drawn_by_layers(5, 7):
        again = torch.rand(3)
    with drawn_by_layers(5, 8):
        other = torch.rand(3)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(torch.random.get_rng_state(), before)
