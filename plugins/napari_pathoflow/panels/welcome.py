"""The way from napari's menu to a worklist: choose a folder of results."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFileDialog

from napari_pathoflow.panels.panel import Panel


class WelcomePanel(Panel):
    """One button, and the folder that was chosen."""

    title = "welcome"
    #: The folder that somebody chose.
    chosen = Signal(object)

    def build(self) -> None:
        """Make text and button."""
        self.column.addWidget(self.text(self.words("banner")))
        self.column.addWidget(self.text(self.words("welcome.hint")))
        self.column.addWidget(
            self.plain_button(self.words("welcome.open"), self._choose, "welcome.open")
        )
        self.column.addStretch(1)

    def _choose(self) -> None:
        if found := QFileDialog.getExistingDirectory(self, self.words("welcome.open")):
            self.chosen.emit(Path(found))
