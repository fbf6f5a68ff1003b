from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathoflow.inference.read_ahead import read_ahead


@settings(max_examples=25)
@given(st.lists(st.integers(), max_size=12), st.integers(1, 4), st.integers(1, 5))
def test_every_answer_comes_once_and_in_order(jobs: list[int], threads: int, depth: int) -> None:
    found = list(read_ahead(jobs, lambda job: job * 2, threads, depth))
    assert found == [(job, job * 2) for job in jobs]


def test_order_holds_when_later_jobs_finish_first() -> None:
    def read(job: int) -> int:
        time.sleep(0.02 * (3 - job))
        return job

    assert [answer for _, answer in read_ahead(range(4), read, 4, 4)] == [0, 1, 2, 3]


def test_reading_never_runs_further_ahead_than_allowed() -> None:
    begun = []
    ahead = read_ahead(count(), lambda job: begun.append(job), threads=3, depth=4)
    for handed_over, _ in enumerate(ahead, start=1):
        # The one handed over, and at most four that wait.
        assert len(begun) <= handed_over + 4
        if handed_over == 20:
            break
    ahead.close()


def test_reading_goes_on_while_the_answer_is_used() -> None:
    second = threading.Event()

    def read(job: int) -> None:
        if job == 1:
            second.set()

    for job, _ in read_ahead(range(3), read, threads=1, depth=1):
        if job == 0:
            assert second.wait(5), "the next job is read while this one is used"


def test_an_error_is_raised_at_its_jobs_turn() -> None:
    def read(job: int) -> int:
        if job == 2:
            raise KeyError("tile 2")
        return job

    reached = []

    def walk() -> None:
        for _, answer in read_ahead(range(6), read, 3, 4):
            reached.append(answer)

    with pytest.raises(KeyError, match="tile 2"):
        walk()
    assert reached == [0, 1]


def test_closing_drops_what_was_not_begun() -> None:
    begun, gate = [], threading.Event()

    def read(job: int) -> int:
        begun.append(job)
        if job > 0:
            gate.wait(5)
        return job

    ahead = read_ahead(range(100), read, threads=1, depth=8)
    assert next(ahead) == (0, 0)
    with ThreadPoolExecutor(1) as other:
        closing = other.submit(ahead.close)
        time.sleep(0.05)
        gate.set()
        closing.result(5)
    assert len(begun) <= 2
