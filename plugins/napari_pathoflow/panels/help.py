"""The keys on one sheet, over everything else, until the next key."""

from __future__ import annotations

from html import escape
from typing import Any

from qtpy.QtCore import Qt
from qtpy.QtGui import QKeyEvent
from qtpy.QtWidgets import QDialog, QLabel, QVBoxLayout

from napari_pathoflow.keys import Key, shown
from napari_pathoflow.texts import Words


def help_text(keys: tuple[Key, ...], words: Words, keys_file: str) -> str:
    """The sheet as a table of groups, keys and what they do."""
    groups: dict[str, list[Key]] = {}
    for key in keys:
        groups.setdefault(key.group, []).append(key)
    columns = []
    for group, members in groups.items():
        rows = "".join(
            f"<tr><td><b>{escape(shown(key.key))}</b>&nbsp;&nbsp;</td>"
            f"<td>{escape(words(f'key.{key.action}'))}</td></tr>"
            for key in members
        )
        columns.append(f"<h3>{escape(words(f'help.{group}'))}</h3><table>{rows}</table>")
    half = (len(columns) + 1) // 2
    left, right = "".join(columns[:half]), "".join(columns[half:])
    return (
        f"<table cellspacing='24'><tr><td valign='top'>{left}</td><td valign='top'>{right}</td></tr></table>"
        f"<p>{escape(words('help.remap', path=keys_file))}</p>"
    )


class HelpSheet(QDialog):
    """The sheet as a window without buttons; any key or click closes it."""

    def __init__(
        self, keys: tuple[Key, ...], words: Words, keys_file: str, parent: Any = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("pathoflow.help")
        self.setWindowTitle(words("help.title"))
        self.label = QLabel(help_text(keys, words, keys_file), self)
        self.label.setTextFormat(Qt.TextFormat.RichText)
        column = QVBoxLayout(self)
        column.addWidget(self.label)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Any key closes it."""
        event.accept()
        self.close()

    def mousePressEvent(self, event: Any) -> None:
        """So does a click."""
        event.accept()
        self.close()
