"""The selected vessel's panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QPushButton

from napari_pathoflow.desk import Desk
from napari_pathoflow.panels.vessel import VesselPanel


def test_a_button_decides_as_its_key_does(make: Callable[..., Any], desk: Desk, qtbot: Any) -> None:
    panel = make(VesselPanel)
    name = desk.session.selected_id
    button = panel.findChild(QPushButton, "pathoflow.uncertain")
    assert button.text() == "Uncertain  [U]"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    one = desk.session.candidate(name)
    assert one is not None
    assert one.verdict == "uncertain"


def test_no_verdict_is_chosen_beforehand(make: Callable[..., Any], desk: Desk) -> None:
    panel = make(VesselPanel)
    assert "not reviewed" in panel.facts.text()
    assert not any(button.isChecked() for button in panel.findChildren(QPushButton))


def test_kind_and_cells_are_stated_by_hand_and_shown(make: Callable[..., Any], desk: Desk) -> None:
    panel = make(VesselPanel)
    panel.kind.setCurrentIndex(panel.kind.findData("capsular"))
    panel.cells.setValue(61)
    panel.cells.editingFinished.emit()
    one = desk.session.candidate(desk.session.selected_id)
    assert one is not None
    assert (one.kind, one.n_cells) == ("capsular", 61)
    assert "<b>61</b>" in panel.facts.text()


def test_showing_another_vessel_states_nothing(make: Callable[..., Any], desk: Desk) -> None:
    make(VesselPanel)
    assert desk.session.review is not None
    before = len(desk.session.review.log())
    for _ in range(5):
        desk.step(1)
    assert len(desk.session.review.log()) == before


def test_a_note_is_kept_with_enter_and_the_keys_go_back(
    make: Callable[..., Any], desk: Desk, qtbot: Any
) -> None:
    panel = make(VesselPanel)
    wanted: list[str] = []
    desk.signals.wants.connect(wanted.append)
    panel.note.setText("thin wall")
    qtbot.keyClick(panel.note, Qt.Key.Key_Return)
    assert desk.session.notes_on(desk.session.selected_id) == ["thin wall"]
    assert panel.notes.text() == "thin wall"
    assert panel.note.text() == ""
    assert wanted == ["gallery"]


def test_without_a_vessel_nothing_can_be_pressed(make: Callable[..., Any], desk: Desk) -> None:
    panel = make(VesselPanel)
    desk.session.select(None)
    assert not panel.isEnabled()
    assert panel.facts.text() == "No vessel is selected."
