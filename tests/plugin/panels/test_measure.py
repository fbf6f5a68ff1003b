"""The panel of lengths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QPushButton

from napari_pathoflow import layers
from napari_pathoflow.desk import Desk
from napari_pathoflow.panels.measure import MeasurePanel


def test_a_drawn_line_is_listed_and_ticked_when_it_is_kept(
    make: Callable[..., Any], desk: Desk, qtbot: Any
) -> None:
    panel = make(MeasurePanel)
    assert panel.lengths.text() == "Nothing yet."
    desk.do("measure")
    layer = desk.canvas.layer(layers.MEASURE)
    assert layer is not None
    layer.add_lines([np.array([[0, 0], [60, 80]])])
    assert panel.lengths.text() == "line: 50.0 µm"
    keep = panel.findChild(QPushButton, "pathoflow.measure.keep")
    qtbot.mouseClick(keep, Qt.MouseButton.LeftButton)
    assert panel.lengths.text() == "✓ line: 50.0 µm"


def test_a_line_becomes_the_vessels_distance(
    make: Callable[..., Any], desk: Desk, qtbot: Any
) -> None:
    panel = make(MeasurePanel)
    use = panel.findChild(QPushButton, "pathoflow.measure.use")
    qtbot.mouseClick(use, Qt.MouseButton.LeftButton)
    assert "no line is drawn" in desk.said[-1]  # type: ignore[attr-defined]
    desk.do("measure")
    desk.canvas.layer(layers.MEASURE).add_lines([np.array([[0, 0], [0, 200]])])  # type: ignore[union-attr]
    qtbot.mouseClick(use, Qt.MouseButton.LeftButton)
    one = desk.session.candidate(desk.session.selected_id)
    assert one is not None
    assert one.dist_edge_um == 100.0
