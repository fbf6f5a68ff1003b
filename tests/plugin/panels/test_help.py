"""The sheet of keys."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import Qt

from napari_pathoflow.keys import KEYS, shown
from napari_pathoflow.panels.help import HelpSheet, help_text
from napari_pathoflow.texts import Words


def test_every_key_stands_on_it_with_its_words() -> None:
    sheet = help_text(KEYS, Words("en"), "/where/keys.toml")
    for key in KEYS:
        assert f"<b>{shown(key.key)}</b>" in sheet
        assert Words("en")(f"key.{key.action}") in sheet
    assert "/where/keys.toml" in sheet


def test_any_key_closes_it(qtbot: Any) -> None:
    sheet = HelpSheet(KEYS, Words("zh"), "keys.toml")
    qtbot.addWidget(sheet)
    sheet.show()
    qtbot.keyClick(sheet, Qt.Key.Key_X)
    assert not sheet.isVisible()
