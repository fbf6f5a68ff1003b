"""From napari's menu to a worklist."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from qtpy.QtWidgets import QFileDialog

from napari_pathoflow import start
from napari_pathoflow.desk import Desk
from napari_pathoflow.panels.welcome import WelcomePanel


def test_a_chosen_folder_furnishes_the_window(
    make: Callable[..., Any], desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    panel = make(WelcomePanel)
    asked: list[Any] = []
    monkeypatch.setattr(start, "furnish", lambda viewer, out: asked.append((viewer, out)))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    panel._choose()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    panel._choose()
    assert asked == [(desk.viewer, tmp_path)]
