from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch

from pathoflow.errors import UsageError
from pathoflow.training.organs import (
    composed,
    inverse,
    random_turns,
    turn,
    turn_back,
    turn_each,
    turn_each_back,
)
from pathoflow.training.organs.symmetry import ORDER

#: No two symmetries of it look alike.
LETTER = torch.arange(2 * 3 * 5 * 5).reshape(2, 3, 5, 5)


@pytest.mark.parametrize("k", range(ORDER))
def test_every_turn_is_taken_back_exactly_also_of_oblong_pictures(k: int) -> None:
    oblong = torch.rand(2, 3, 4, 7, generator=torch.Generator().manual_seed(0))
    assert torch.equal(turn_back(turn(oblong, k), k), oblong)
    assert torch.equal(turn(turn_back(oblong, k), k), oblong)


@pytest.mark.parametrize("k", range(ORDER))
def test_a_turn_is_what_numpy_makes_of_it(k: int) -> None:
    flat = LETTER.numpy()
    mirrored = np.flip(flat, 3) if k >= 4 else flat
    wanted = np.rot90(mirrored, k % 4, (2, 3))
    np.testing.assert_array_equal(turn(LETTER, k).numpy(), wanted)


def test_the_eight_are_different_and_form_a_group() -> None:
    seen = [turn(LETTER, k) for k in range(ORDER)]
    assert len({tuple(s.flatten().tolist()) for s in seen}) == ORDER
    for a, b in product(range(ORDER), repeat=2):
        assert torch.equal(turn(turn(LETTER, a), b), seen[composed(a, b)]), (a, b)


@pytest.mark.parametrize("k", range(ORDER))
def test_the_inverse_is_the_element_that_undoes(k: int) -> None:
    assert torch.equal(turn(LETTER, inverse(k)), turn_back(LETTER, k))
    assert composed(k, inverse(k)) == composed(inverse(k), k) == 0


def test_samples_are_turned_one_by_one() -> None:
    turned = turn_each(LETTER, [3, 6])
    assert torch.equal(turned[0], turn(LETTER[0], 3))
    assert torch.equal(turned[1], turn(LETTER[1], 6))
    assert torch.equal(turn_each_back(turned, [3, 6]), LETTER)


def test_all_turns_are_drawn_equally_often_and_from_the_generator_alone() -> None:
    before = torch.random.get_rng_state()
    drawn = random_turns(8000, torch.Generator().manual_seed(1))
    assert drawn == random_turns(8000, torch.Generator().manual_seed(1))
    assert torch.equal(torch.random.get_rng_state(), before)
    # The standard deviation of a count is 30.
    assert all(850 < drawn.count(k) < 1150 for k in range(ORDER))


def test_oblong_pictures_and_too_few_turns_are_refused() -> None:
    with pytest.raises(UsageError, match="4 x 7 pixels cannot be turned one by one"):
        turn_each(torch.zeros(1, 1, 4, 7), [0])
    with pytest.raises(UsageError, match="2 pictures need 2 turns, 1 are given"):
        turn_each_back(LETTER, [0])
