from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathoflow.data import assert_disjoint, split_by_group
from pathoflow.errors import UsageError

SHARES = {"train": 0.6, "validation": 0.2, "test": 0.2}


@given(st.lists(st.integers(0, 12), min_size=3, max_size=60), st.integers(0, 1000))
def test_every_patch_is_in_one_part_and_no_patient_in_two(numbers: list[int], seed: int) -> None:
    groups = [f"P{n}" for n in numbers]
    if len(set(groups)) < 3:
        return
    parts = split_by_group(groups, SHARES, seed)
    assert np.array_equal(np.sort(np.concatenate(list(parts.values()))), np.arange(len(groups)))
    assert all(len(indices) and (np.diff(indices) > 0).all() for indices in parts.values())
    assert_disjoint({part: [groups[i] for i in indices] for part, indices in parts.items()})


def test_parts_come_close_to_their_shares() -> None:
    groups = [f"P{i}" for i in range(50) for _ in range(1 + i % 4)]
    parts = split_by_group(groups, SHARES, seed=3)
    for part, share in SHARES.items():
        # No part is off by more than one patient, and a patient has at most 4 patches.
        assert abs(len(parts[part]) - share * len(groups)) <= 4


def test_the_seed_decides_and_the_order_of_patches_does_not() -> None:
    groups = [f"P{i}" for i in range(20)]

    def of(part: str, seed: int, order: list[str]) -> set[str]:
        return {order[i] for i in split_by_group(order, SHARES, seed)[part]}

    assert of("test", 1, groups) == of("test", 1, groups[::-1])
    assert len({frozenset(of("test", seed, groups)) for seed in range(5)}) > 1


def test_two_patients_give_one_to_each_part_however_small_its_share() -> None:
    parts = split_by_group(["A"] * 10 + ["B"] * 10, {"train": 0.99, "validation": 0.01}, 0)
    assert [len(parts["train"]), len(parts["validation"])] == [10, 10]


def test_too_few_patients_and_senseless_shares_are_refused() -> None:
    with pytest.raises(UsageError, match="2 patients cannot be split into 3 parts"):
        split_by_group(["A", "A", "B"], SHARES, 0)
    for shares in ({}, {"train": 0.0, "test": 1.0}):
        with pytest.raises(UsageError, match="positive numbers"):
            split_by_group(["A", "B"], shares, 0)


def test_a_patient_in_two_parts_is_named() -> None:
    with pytest.raises(UsageError, match='patient "B" is in both train and test'):
        assert_disjoint({"train": ["A", "B"], "validation": ["C"], "test": ["B", "D"]})
    assert_disjoint({"train": ["A", "A"], "test": []})
