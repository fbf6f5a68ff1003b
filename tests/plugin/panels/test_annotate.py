"""Outlining from a panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QPushButton

from napari_pathoflow import layers
from napari_pathoflow.desk import Desk
from napari_pathoflow.panels.annotate import AnnotatePanel
from pathoflow.data.outlines import read_geojson


def test_what_is_drawn_is_kept_under_the_chosen_class(
    make: Callable[..., Any], desk: Desk, qtbot: Any
) -> None:
    panel = make(AnnotatePanel)
    begin = panel.findChild(QPushButton, "pathoflow.annotate.begin")
    keep = panel.findChild(QPushButton, "pathoflow.annotate.keep")
    qtbot.mouseClick(begin, Qt.MouseButton.LeftButton)
    layer = desk.canvas.layer(layers.DRAWING)
    assert layer is not None
    layer.add_polygons([np.array([[0, 0], [0, 50], [50, 50]], float)])
    panel.kind.setCurrentIndex(panel.kind.findData("region"))
    qtbot.mouseClick(keep, Qt.MouseButton.LeftButton)
    assert panel.kept.text().endswith("holds 1 outlines.")
    (file,) = desk.teaching.folder.glob("*.geojson")
    assert read_geojson(file)[0].class_name == "Region*"
