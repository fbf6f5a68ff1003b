"""The place for explanations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from qtpy.QtCore import Qt

from napari_pathoflow.desk import Desk
from napari_pathoflow.panels.explanation import ExplanationPanel


def test_it_says_that_there_is_none_and_shows_one_where_there_is(
    make: Callable[..., Any], desk: Desk, qtbot: Any
) -> None:
    panel = make(ExplanationPanel)
    assert not panel.button_show.isEnabled()
    assert panel.state.text().startswith("No explanation is available")
    about = {"name": "why", "metadata": {"pathoflow": "explanation"}}
    desk.explain = lambda one: (np.ones((3, 3)), about, "image")
    desk.step(1)
    assert panel.button_show.isEnabled()
    for _ in range(2):
        qtbot.mouseClick(panel.button_show, Qt.MouseButton.LeftButton)
    # The second map took the place of the first.
    assert [layer.name for layer in desk.viewer.layers].count("why") == 1
