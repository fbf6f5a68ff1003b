from __future__ import annotations

import time

import pytest

from pathoflow.bench import measure


def test_ways_are_called_in_turns_after_a_warm_up() -> None:
    calls: list[str] = []
    measure({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, rounds=2)
    assert calls == ["a", "b"] * 3


def test_without_warm_up_each_is_called_once_per_round() -> None:
    calls: list[str] = []
    measure({"a": lambda: calls.append("a")}, rounds=3, warm_up=False)
    assert calls == ["a"] * 3


def test_waiting_takes_wall_time_and_no_cpu_time() -> None:
    cost = measure({"sleep": lambda: time.sleep(0.05)}, rounds=1, warm_up=False)["sleep"]
    assert cost.wall_s >= 0.05
    assert cost.cpu_s < cost.wall_s


def test_no_rounds_is_refused() -> None:
    with pytest.raises(ValueError, match="rounds must be at least 1"):
        measure({"a": lambda: None}, rounds=0)
