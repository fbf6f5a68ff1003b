from __future__ import annotations

import pytest

from pathoflow.mvi import Status
from pathoflow.review.conflicts import agreement, consensus_of, find_conflicts
from pathoflow.review.reading import Reading
from pathoflow.review.words import Named, VesselWord

YES, NO = VesselWord(Status.ACCEPTED), VesselWord(Status.REJECTED)


def reading(*words: VesselWord) -> Reading:
    return Reading({f"v{k}": word for k, word in enumerate(words)}, is_complete=True)


def test_only_what_differs_is_a_conflict() -> None:
    portal = VesselWord(Status.ACCEPTED, named=Named.PORTAL)
    found = find_conflicts(reading(YES, NO, YES), reading(YES, YES, portal))
    assert [c.vessel for c in found] == ["v1", "v2"]
    assert (found[0].first, found[0].second) == (NO, YES)


def test_a_vessel_that_one_reader_drew_is_a_conflict() -> None:
    one, other = reading(YES), reading(YES)
    other.outlines = {"A": {"new": {"type": "Polygon"}}}
    (conflict,) = find_conflicts(one, other)
    assert (conflict.vessel, conflict.is_drawn_by_one) == ("new", True)


def test_kappa_is_cohens() -> None:
    found = agreement(reading(YES, YES, YES, NO), reading(YES, YES, NO, NO))
    # Observed 3/4; by chance (3 * 2 + 1 * 2) / 16 = 1/2.
    assert (found.n, found.n_agreed) == (4, 3)
    assert found.kappa == pytest.approx((0.75 - 0.5) / (1 - 0.5))


def test_kappa_is_unknown_where_both_know_one_verdict_only() -> None:
    assert agreement(reading(YES, YES), reading(YES, YES)).kappa is None
    assert agreement(reading(), reading()).n == 0


def test_the_consensus_keeps_what_both_say_and_opens_the_rest() -> None:
    first, second = reading(YES, NO), reading(YES, YES)
    second.outlines = {"A": {"new": {"type": "Polygon"}}}
    agreed = consensus_of(first, second)
    assert agreed.on("v0") == YES
    assert agreed.on("v1").verdict is None
    assert agreed.outlines == second.outlines
    assert not agreed.is_complete
    assert first.on("v1") == NO
