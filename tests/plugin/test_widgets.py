"""The widgets of napari's menus."""

from __future__ import annotations

from typing import Any

import pytest
from qtpy.QtWidgets import QWidget

from napari_pathoflow import widgets, window
from napari_pathoflow.desk import Desk
from napari_pathoflow.panels.run import RunPanel


@pytest.mark.parametrize("name", ["review", "run", "annotate", "train"])
def test_each_widget_works_on_the_desk_of_its_viewer(
    name: str, qtbot: Any, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(window._DESKS, desk.viewer, desk)
    widget = getattr(widgets, f"{name}_widget")(desk.viewer)
    qtbot.addWidget(widget)
    assert isinstance(widget, QWidget)
    panels = [widget, *widget.findChildren(QWidget)]
    assert any(getattr(panel, "desk", None) is desk for panel in panels)


def test_two_widgets_of_one_viewer_share_one_desk(
    qtbot: Any, viewer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = widgets.run_widget(viewer), widgets.run_widget(viewer)
    for widget in (first, second):
        qtbot.addWidget(widget)
        assert isinstance(widget, RunPanel)
    assert first.desk is second.desk
