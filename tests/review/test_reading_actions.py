from __future__ import annotations

import pytest

from pathoflow.mvi import Status
from pathoflow.mvi.kind_counts import CellBox
from pathoflow.review.actions import ReadingAction
from pathoflow.review.reading import Line, Reading
from pathoflow.review.reading_actions import (
    Complete,
    CountCells,
    Draw,
    EditNuclei,
    Link,
    Measure,
    Note,
    Relabel,
    RemoveLine,
    Unlink,
    Verdict,
)
from pathoflow.review.words import Named, NoteOn, Reason, VesselWord

LINE = Line("A", (0.0, 0.0), (3.0, 4.0), 2.5, "v")
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]]}


def after(*actions: ReadingAction) -> Reading:
    reading = Reading()
    for action in actions:
        action.change(reading)
    return reading


def test_a_verdict_replaces_verdict_and_reason_and_leaves_the_rest() -> None:
    reading = after(
        Relabel("v", Named.PORTAL),
        Verdict(("v", "w"), Status.REJECTED, Reason.RBC),
        Verdict(("v",), Status.ACCEPTED),
    )
    assert reading.on("v") == VesselWord(Status.ACCEPTED, named=Named.PORTAL)
    assert reading.on("w") == VesselWord(Status.REJECTED, Reason.RBC)


def test_naming_one_thing_keeps_the_others() -> None:
    word = after(Relabel("v", Named.DUCT), Relabel("v", location=None)).on("v")
    assert word.named is Named.DUCT


def test_a_box_and_a_count_replace_each_other() -> None:
    boxed = after(CountCells("v", 40), CountCells("v", None, CellBox.OVER_50)).on("v")
    assert (boxed.n_cells, boxed.cell_box) == (None, CellBox.OVER_50)
    marked = after(CountCells("v", None, CellBox.OVER_50), EditNuclei("v", ((1.0, 2.0),), (), 21))
    assert (marked.on("v").n_cells, marked.on("v").cell_box) == (21, None)


def test_links_are_made_once_and_undone_in_either_order() -> None:
    assert after(Link("a", "b"), Link("b", "a")).links == (("a", "b"),)
    assert after(Link("a", "b"), Link("a", "c"), Unlink("b", "a")).links == (("a", "c"),)


def test_an_empty_note_takes_the_note_away() -> None:
    note = Note(NoteOn.SLIDE, "A", "folded")
    assert after(note).notes == {(NoteOn.SLIDE, "A"): "folded"}
    assert after(note, Note(NoteOn.SLIDE, "A", "")).notes == {}


def test_a_line_gives_its_vessel_the_distance_and_takes_it_away_again() -> None:
    assert after(Measure("l", LINE)).on("v").dist_edge_um == 2.5
    gone = after(Measure("l", LINE), RemoveLine("l"))
    assert (gone.lines, gone.on("v").dist_edge_um) == ({}, None)


def test_drawing_adds_to_what_was_drawn_before() -> None:
    reading = after(
        Draw("A", {"a": SQUARE}, {}), Draw("A", {"a": None, "b": SQUARE}, {"b": ("a",)})
    )
    assert reading.outlines == {"A": {"a": None, "b": SQUARE}}
    assert reading.parents == {"b": ("a",)}


@pytest.mark.parametrize(
    ("action", "before", "then"),
    [
        (Verdict(("v",), Status.UNCERTAIN), {"v": [None, None]}, {"v": ["uncertain", None]}),
        (Link("a", "b"), False, True),
        (Note(NoteOn.CASE, "", "late"), "", "late"),
        (Draw("A", {"v": None}, {}), {"v": "machine"}, {"v": None}),
        (Complete(), False, True),
    ],
)
def test_each_action_shows_what_it_touches(
    action: ReadingAction, before: object, then: object
) -> None:
    reading = Reading()
    assert action.look(reading) == before
    action.change(reading)
    assert action.look(reading) == then
