from __future__ import annotations

from typing import Any

import pytest

from pathoflow.report import Pictures
from pathoflow.report.gallery import (
    CellBoxes,
    flags_of,
    hang_gallery,
    say_distance,
    say_kind,
    tick_boxes,
)
from pathoflow.report.ranking import rank_vessels


def test_cards_hang_in_order_of_suspicion(pictures: Pictures, result: dict[str, Any]) -> None:
    gallery = hang_gallery(rank_vessels(result), pictures)
    assert [card.number for card in gallery.cards] == [1, 2, 3, 4, 5]
    assert [card.score for card in gallery.cards] == ["0.983", "0.964", "0.871", "0.620", "0.553"]
    assert (gallery.n_hidden, gallery.n_candidates) == (0, 5)


def test_a_wider_field_says_so(pictures: Pictures, result: dict[str, Any]) -> None:
    cards = hang_gallery(rank_vessels(result), pictures).cards
    assert [card.is_wider for card in cards] == [True, False, False, False, False]
    assert cards[0].field_text == "1170 × 1170 µm"
    assert cards[1].field_text == "400 × 400 µm"


def test_without_pictures_candidates_are_hidden_not_forgotten(result: dict[str, Any]) -> None:
    gallery = hang_gallery(rank_vessels(result), None)
    assert (gallery.cards, gallery.n_hidden) == ((), 5)


@pytest.mark.parametrize(
    ("n", "interval", "boxes"),
    [
        (None, None, None),
        (50, None, CellBoxes("yes", "no")),
        (51, None, CellBoxes("no", "yes")),
        (38, [24, 61], CellBoxes("yes", "possible")),
        (38, [24, 50], CellBoxes("yes", "no")),
        (60, [50, 71], CellBoxes("possible", "yes")),
        (212, [180, 251], CellBoxes("no", "yes")),
    ],
)
def test_boxes_follow_the_limit_of_fifty(
    n: int | None, interval: list[int] | None, boxes: CellBoxes | None
) -> None:
    assert tick_boxes(n, interval) == boxes


def test_distances_say_how_they_are_known() -> None:
    assert (
        say_distance({"dist_edge_um": 410.0, "dist_method": "auto"})
        == "0.41 mm, measured on this slide"
    )
    assert (
        say_distance({"dist_edge_um": None, "dist_method": "block_site"})
        == "unknown, from the block site"
    )
    assert say_distance({"dist_edge_um": None, "dist_method": None}) == "unknown"
    assert say_distance({"dist_edge_um": 5.0, "dist_method": None}) == "0.01 mm"


def test_a_cut_vessel_is_flagged_once() -> None:
    assert flags_of({"truncated": True, "flags": ["PEN"]}) == ("truncated", "PEN")
    assert flags_of({"truncated": True, "flags": ["truncated"]}) == ("truncated",)
    assert flags_of({"truncated": False, "flags": []}) == ()


def test_a_card_says_why(pictures: Pictures, result: dict[str, Any]) -> None:
    first = rank_vessels(result)[0]
    vessel = next(v for v in result["vessels"] if v["id"] == first.id)
    vessel |= {"p_mvi_reasons": ["It holds cells."], "kind_reasons": ["A duct lies near."]}
    cards = hang_gallery(rank_vessels(result), pictures).cards
    assert cards[0].reasons == ("It holds cells.", "A duct lies near.")
    assert cards[1].reasons == ()


def test_a_number_is_called_a_probability_only_if_every_one_is(
    pictures: Pictures, result: dict[str, Any]
) -> None:
    assert not hang_gallery(rank_vessels(result), pictures).is_calibrated
    for vessel in result["vessels"]:
        vessel["p_mvi_calibrated"] = True
    assert hang_gallery(rank_vessels(result), pictures).is_calibrated
    ranked = rank_vessels(result)
    next(v for v in result["vessels"] if v["id"] == ranked[1].id)["p_mvi_calibrated"] = False
    assert not hang_gallery(rank_vessels(result), pictures).is_calibrated


def test_a_kind_is_said_with_its_share() -> None:
    assert say_kind({"kind": "portal", "kind_probability": 0.82}) == "portal (82 %)"
    assert say_kind({"kind": "portal"}) == "portal"
    assert say_kind({"kind": "unknown", "kind_probability": 0.4}) == "unknown"
