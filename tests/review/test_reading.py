from __future__ import annotations

from pathoflow.review.reading import Reading
from pathoflow.review.words import VesselWord


def test_a_reading_says_nothing_of_a_vessel_it_does_not_know() -> None:
    assert Reading().on("v") == VesselWord()
    assert Reading() == Reading()
