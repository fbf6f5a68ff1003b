"""The panel of editing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QPushButton

from napari_pathoflow.desk import Desk
from napari_pathoflow.panels.edit import EditPanel


def test_it_says_what_is_being_edited_and_when_nothing_is(
    make: Callable[..., Any], desk: Desk, qtbot: Any
) -> None:
    panel = make(EditPanel)
    assert panel.state.text() == "Nothing is being edited."
    for action, said in (("edit", "Editing this vessel"), ("add", "Draw the missed vessel")):
        button = panel.findChild(QPushButton, f"pathoflow.{action}")
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert panel.state.text().startswith(said)
    qtbot.mouseClick(panel.findChild(QPushButton, "pathoflow.drop"), Qt.MouseButton.LeftButton)
    assert panel.state.text() == "Nothing is being edited."


def test_deleting_and_merging_work_by_their_buttons(
    make: Callable[..., Any], desk: Desk, qtbot: Any
) -> None:
    panel = make(EditPanel)
    first = desk.session.selected_id
    qtbot.mouseClick(panel.merge, Qt.MouseButton.LeftButton)
    assert desk.said[-1] == "Mark a vessel first."  # type: ignore[attr-defined]
    qtbot.mouseClick(panel.remove, Qt.MouseButton.LeftButton)
    assert desk.session.candidate(first) is None
