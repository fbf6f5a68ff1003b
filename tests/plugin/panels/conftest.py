"""A Qt application without a window, and panels over a desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from napari_pathoflow.desk import Desk
from napari_pathoflow.panels.panel import Panel


@pytest.fixture
def make(qtbot: Any, desk: Desk) -> Iterator[Callable[[type[Panel]], Any]]:
    """Make a panel over the desk; it is taken down at the end."""
    made: list[Panel] = []

    def build(kind: type[Panel]) -> Panel:
        panel = kind(desk)
        qtbot.addWidget(panel)
        made.append(panel)
        return panel

    yield build
    for panel in made:
        panel.release()
