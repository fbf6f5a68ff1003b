"""Every action by its key, on napari's model without a window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from napari_pathoflow import layers
from napari_pathoflow.desk import Desk
from napari_pathoflow.keys import KEYS

Press = Callable[[str], None]


def test_every_key_of_the_table_has_an_action_and_every_action_a_key(desk: Desk) -> None:
    assert set(desk._actions) == {key.action for key in KEYS}


def test_a_verdict_by_one_key_goes_on_to_the_next_without_one(desk: Desk, press: Press) -> None:
    order = [one.id for one in desk.session.candidates]
    assert desk.session.vessel_id == order[0]
    for key in "WQU":
        press(key)
    assert [one.verdict for one in desk.session.candidates[:4]] == [
        "accepted",
        "rejected",
        "uncertain",
        None,
    ]
    assert desk.session.vessel_id == order[3]


def test_walking_does_not_decide(desk: Desk, press: Press) -> None:
    order = [one.id for one in desk.session.candidates]
    for key in "JJK":
        press(key)
    assert desk.session.vessel_id == order[1]
    assert desk.session.progress == (0, 12)


def test_a_reason_is_a_rejection_with_its_reason(desk: Desk, press: Press) -> None:
    name = desk.session.selected_id
    press("Alt-3")
    assert desk.session.review is not None
    word = desk.session.review.reading.on(name)
    assert (word.verdict, word.reason) == ("rejected", "retraction")


def test_undo_goes_back_to_the_vessel_it_was_about(desk: Desk, press: Press) -> None:
    first = desk.session.selected_id
    press("W")
    press("Control-Alt-Z")
    assert desk.session.vessel_id == first
    assert desk.session.progress == (0, 12)


def test_the_slide_follows_the_vessel_and_the_slide_keys_the_case(desk: Desk, press: Press) -> None:
    shown = set()
    for _ in range(12):
        one = desk.session.candidate(desk.session.vessel_id)
        assert one is not None
        assert desk.canvas.slide is not None
        assert desk.canvas.slide.id == one.slide
        shown.add(one.slide)
        press("J")
    assert shown == {"CASE-1_B1", "CASE-1_B2"}
    before = desk.session.slide_id
    press(".")
    assert desk.session.slide_id != before
    press(",")
    assert desk.session.slide_id == before


@pytest.mark.parametrize(("key", "power"), [("Alt-8", 5), ("8", 10), ("9", 20), ("0", 40)])
def test_powers_are_a_key_each_and_stay_for_the_next_vessel(
    desk: Desk, press: Press, key: str, power: float
) -> None:
    press(key)
    assert desk.canvas.power == pytest.approx(power)
    press("J")
    assert desk.canvas.power == pytest.approx(power)


def test_at_the_end_the_reader_is_told_and_nothing_moves(desk: Desk, press: Press) -> None:
    press("K")
    assert desk.said[-1] == "No further vessel."  # type: ignore[attr-defined]
    for _ in range(12):
        press("Q")
    assert desk.said[-1] == "Every candidate has a verdict."  # type: ignore[attr-defined]
    assert desk.session.progress == (12, 12)


def test_a_refusal_is_one_sentence_and_no_crash(desk: Desk, press: Press) -> None:
    press("Control-Alt-U")
    said = desk.said[-1]  # type: ignore[attr-defined]
    assert said.startswith("CASE-1 cannot be signed yet.")
    assert "\n" not in said


def test_switches_say_what_they_did(desk: Desk, press: Press) -> None:
    press("H")
    assert desk.said[-1] == "heat map: on"  # type: ignore[attr-defined]
    press("H")
    assert desk.said[-1] == "heat map: off"  # type: ignore[attr-defined]


def test_the_gallerys_field_and_the_panels_are_asked_for_by_signals(
    desk: Desk, press: Press
) -> None:
    asked: list[Any] = []
    desk.signals.wide_changed.connect(asked.append)
    desk.signals.wants.connect(asked.append)
    for key in ("/", "/", "G", "N", "F1"):
        press(key)
    assert asked == [True, False, "gallery", "note", "help"]


def test_marking_links_and_merges_only_what_was_marked(desk: Desk) -> None:
    assert not desk.attempt(desk.link_with_marked)
    assert desk.said[-1] == "Mark a vessel first."  # type: ignore[attr-defined]
    first = desk.session.selected_id
    desk.mark()
    desk.step(1)
    desk.link_with_marked()
    assert desk.session.review is not None
    assert desk.session.review.reading.links == ((first, desk.session.vessel_id),)


def test_an_explanation_is_shown_where_somebody_gives_one(desk: Desk) -> None:
    import numpy as np

    assert not desk.attempt(desk.show_explanation)
    desk.explain = lambda one: (
        np.ones((4, 4)),
        {"name": one.id, "metadata": {layers.ROLE: "explanation"}},
        "image",
    )
    desk.show_explanation()
    layer = desk.canvas.layer("explanation")
    assert layer is not None
    assert layer.name == desk.session.vessel_id


def test_another_language_is_kept(desk: Desk) -> None:
    desk.set_language("zh")
    assert desk.words("key.accept") == "有侵犯"
    assert desk.preferences.language == "zh"
