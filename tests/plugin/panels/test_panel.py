"""What all panels share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qtpy.QtCore import Qt

from napari_pathoflow.desk import Desk
from napari_pathoflow.panels.panel import Panel, scrolling
from pathoflow.errors import UsageError


class Small(Panel):
    title = "small"

    def build(self) -> None:
        self.heard: list[str] = []
        self.hear(self.desk.signals.said, self.heard.append)


def test_a_released_panel_hears_nothing_any_more(make: Callable[..., Any], desk: Desk) -> None:
    panel = make(Small)
    desk.signals.said.emit("one")
    panel.release()
    desk.signals.said.emit("two")
    assert panel.heard == ["one"]


def test_a_refusal_behind_a_button_is_said(
    make: Callable[..., Any], desk: Desk, qtbot: Any
) -> None:
    panel = make(Small)

    def refuse() -> None:
        raise UsageError("not like this")

    button = panel.plain_button("Try", refuse, "try")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert panel.heard == ["not like this"]
    # Keys stay with the viewer after a click.
    assert button.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_a_button_of_an_action_wears_its_key(make: Callable[..., Any], desk: Desk) -> None:
    panel = make(Small)
    assert panel.button("undo").text() == "Undo  [Ctrl+Alt+Z]"
    area = scrolling(panel)
    assert area.widget() is panel
    # The area would take the panel with it.
    area.takeWidget()
