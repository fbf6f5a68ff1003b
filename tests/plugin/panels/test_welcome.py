"""From napari's menu to a worklist."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from qtpy.QtWidgets import QFileDialog

from napari_pathoflow.panels.welcome import WelcomePanel


def test_a_chosen_folder_is_told_and_no_choice_is_not(
    make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    panel = make(WelcomePanel)
    told: list[Path] = []
    panel.chosen.connect(told.append)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    panel._choose()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    panel._choose()
    assert told == [tmp_path]
