"""The way from napari's menu to a worklist: choose a folder of results."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtWidgets import QFileDialog

from napari_pathoflow.panels.panel import Panel


class WelcomePanel(Panel):
    """One button; afterwards the window is a reader's desk."""

    title = "welcome"

    def build(self) -> None:
        """Make text and button."""
        self.column.addWidget(self.text(self.words("banner")))
        self.column.addWidget(self.text(self.words("welcome.hint")))
        self.column.addWidget(
            self.plain_button(self.words("welcome.open"), self._choose, "welcome.open")
        )
        self.column.addStretch(1)

    def open(self, out: Path) -> None:
        """Show the worklist of a folder in this window."""
        from napari_pathoflow.start import furnish

        furnish(self.desk.viewer, out)

    def _choose(self) -> None:
        if found := QFileDialog.getExistingDirectory(self, self.words("welcome.open")):
            self.open(Path(found))
