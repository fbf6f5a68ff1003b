from __future__ import annotations

import math

import pytest

from pathoflow.mvi.decisions import Decisions, VesselDecision
from pathoflow.mvi.evidence import Status


@pytest.mark.parametrize("distance", [-0.1, math.inf, math.nan])
def test_a_distance_is_a_length(distance: float) -> None:
    with pytest.raises(ValueError, match="distance"):
        VesselDecision(dist_edge_um=distance)


def test_a_number_of_cells_is_not_negative() -> None:
    with pytest.raises(ValueError, match="cells"):
        VesselDecision(n_cells=-1)


@pytest.mark.parametrize(
    ("left_out", "named"),
    [
        ({"excused": {"a": " "}}, "slide a"),
        ({"overruled": {"b": ""}}, "slide b"),
        ({"excluded_pieces": {"c": {2: ""}}}, "piece 2 of slide c"),
    ],
)
def test_nothing_is_left_out_without_a_written_reason(
    left_out: dict[str, dict[str, str]], named: str
) -> None:
    with pytest.raises(ValueError, match=f"{named} cannot be left out without a written reason"):
        Decisions(**left_out)  # type: ignore[arg-type]


def test_a_vessel_is_not_linked_to_itself() -> None:
    with pytest.raises(ValueError, match="vessel v cannot be linked to itself"):
        Decisions(same_vessel=(("v", "v"),))


def test_a_vessel_without_a_word_stays_as_the_machine_saw_it() -> None:
    word = Decisions({"v": VesselDecision(Status.ACCEPTED)})
    assert word.on("v").verdict is Status.ACCEPTED
    assert word.on("w") == VesselDecision()
