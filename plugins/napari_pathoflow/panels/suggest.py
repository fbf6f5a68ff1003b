"""What to label next: reads a file of suggested patches, and says what it takes to get one."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtWidgets import QFileDialog, QListWidget

from napari_pathoflow.panels.panel import Panel


class SuggestPanel(Panel):
    """A list of patches; a click goes there."""

    title = "suggest"

    def build(self) -> None:
        """Make the list."""
        self.column.addWidget(self.text(self.words("suggest.hint")))
        self.column.addWidget(
            self.plain_button(self.words("suggest.open"), self._open, "suggest.open")
        )
        self.list = QListWidget(self)
        self.list.setObjectName("pathoflow.suggest.list")
        self.list.currentRowChanged.connect(self._go)
        self.column.addWidget(self.list, 1)

    def show_file(self, path: Path) -> None:
        """Show the patches of a GeoJSON file."""
        patches = self.desk.teaching.read_suggestions(path)
        self.list.clear()
        self.list.addItems([patch.name or f"{place}" for place, patch in enumerate(patches, 1)])

    def _open(self) -> None:
        found = QFileDialog.getOpenFileName(self, self.words("suggest.open"), "", "*.geojson")[0]
        if found:
            self.show_file(Path(found))

    def _go(self, row: int) -> None:
        if row >= 0:
            self.desk.attempt(lambda: self.desk.teaching.go_to(row))
