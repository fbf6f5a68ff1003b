"""Orders, filters and steps of the gallery."""

from __future__ import annotations

import numpy as np
import pytest

from napari_pathoflow.candidates import Candidate, Query, neighbour
from pathoflow.mvi import Status
from pathoflow.space import Box, Mpp, Point


def vessel(name: str, **more: object) -> Candidate:
    ring = np.array([[100, 200], [140, 200], [140, 260], [100, 260], [100, 200]], float)
    values: dict[str, object] = {"slide": "a", "p_mvi": 0.5, **more}
    return Candidate(name, rings=(ring,), **values)  # type: ignore[arg-type]


def ids(candidates: list[Candidate]) -> str:
    return "".join(one.id for one in candidates)


FOUR = [
    vessel("a", p_mvi=0.2, diameter_um=90.0, dist_edge_um=None, slide="2"),
    vessel("b", p_mvi=0.9, diameter_um=10.0, dist_edge_um=50.0, slide="2"),
    vessel("c", p_mvi=None, diameter_um=50.0, dist_edge_um=900.0, slide="1"),
    vessel("d", p_mvi=0.4, diameter_um=None, dist_edge_um=400.0, slide="1"),
]


@pytest.mark.parametrize(
    ("sort", "order"),
    [("p_mvi", "bdac"), ("size", "acbd"), ("distance", "cdba"), ("slide", "dcba")],
)
def test_largest_come_first_and_unknown_ones_last(sort: str, order: str) -> None:
    assert ids(Query(sort=sort).select(FOUR)) == order  # type: ignore[arg-type]


def test_equal_scores_keep_one_order_whatever_order_they_come_in() -> None:
    twins = [vessel("x"), vessel("y"), vessel("w")]
    assert ids(Query().select(twins)) == ids(Query().select(twins[::-1])) == "wxy"


def test_filters_by_state_kind_and_flag_must_all_agree() -> None:
    some = [
        vessel("a", kind="portal", flags=("fold",), verdict=Status.ACCEPTED),
        vessel("b", kind="portal", flags=("fold", "pen")),
        vessel("c", kind="hepatic", flags=("fold",)),
        vessel("d", kind="portal"),
    ]
    wanted = Query(
        states=frozenset({"unseen"}), kinds=frozenset({"portal"}), flags=frozenset({"fold"})
    )
    assert ids(wanted.select(some)) == "b"
    assert ids(Query(states=frozenset({"accepted"})).select(some)) == "a"


def test_a_step_stops_at_both_ends() -> None:
    assert neighbour(FOUR, "a", 1) == "b"
    assert neighbour(FOUR, "d", 1) is None
    assert neighbour(FOUR, "a", -1) is None
    assert neighbour(FOUR, None, 1) == "a"
    assert neighbour([], None, 1) is None


def test_the_search_for_an_unreviewed_one_goes_round_once() -> None:
    done = [
        vessel("a"),
        vessel("b", verdict=Status.REJECTED),
        vessel("c", verdict=Status.ACCEPTED),
    ]
    assert neighbour(done, "c", 1, unreviewed=True) == "a"
    assert neighbour(done, "a", 1, unreviewed=True) is None
    assert neighbour(done, "b", -1, unreviewed=True) == "a"


def test_the_field_is_a_square_of_the_wanted_size_around_the_middle() -> None:
    one = vessel("a")
    assert one.centre == Point(230, 120)
    assert one.box_px == (200, 100, 260, 140)
    assert one.field(400.0, Mpp(0.5, 0.5)) == Box(-170, -280, 800, 800)
    # Pixels that are longer than wide: the field is square on the tissue, not in pixels.
    assert one.field(400.0, Mpp(1.0, 0.5)).size.shape == (400, 800)
