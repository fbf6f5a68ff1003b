"""Editing: outlines of vessels and of the tumour, on a small piece that napari lets one paint on."""

from __future__ import annotations

from qtpy.QtWidgets import QGridLayout

from napari_pathoflow.panels.panel import Panel


class EditPanel(Panel):
    """Begin, draw with napari's own tools, keep or drop."""

    title = "edit"

    def build(self) -> None:
        """Make the buttons."""
        self.state = self.text()
        self.state.setObjectName("pathoflow.edit.state")
        self.column.addWidget(self.state)
        self.column.addWidget(self.heading("edit.vessel"))
        self._grid(("edit", "add"))
        self.merge = self.plain_button(
            self.words("edit.merge"), self.desk.merge_with_marked, "merge"
        )
        self.split = self.plain_button(
            self.words("edit.split"), self.desk.editing.begin_split, "split"
        )
        self.remove = self.plain_button(
            self.words("edit.remove"), self.desk.session.remove, "remove"
        )
        grid = QGridLayout()
        mark = self.plain_button(self.words("edit.mark"), self.desk.mark, "mark")
        for place, button in enumerate((mark, self.merge, self.split, self.remove)):
            grid.addWidget(button, place // 2, place % 2)
        self.column.addLayout(grid)
        self.column.addWidget(self.heading("edit.tumour"))
        tumour = self.plain_button(
            self.words("edit.tumour.begin"), self.desk.editing.begin_tumour, "edit.tumour"
        )
        self.column.addWidget(tumour)
        self.column.addWidget(self.button("confirm_tumour"))
        self.column.addWidget(self.heading("edit.end"))
        self._grid(("keep", "drop", "undo"))
        self.column.addWidget(self.text(self.words("edit.hint")))
        self.column.addStretch(1)
        self.hear(self.desk.signals.edit_changed, self._show)
        self._show("")

    def _grid(self, actions: tuple[str, ...]) -> None:
        grid = QGridLayout()
        for place, action in enumerate(actions):
            grid.addWidget(self.button(action), place // 2, place % 2)
        self.column.addLayout(grid)

    def _show(self, what: str) -> None:
        self.state.setText(self.words(f"edit.now.{what}" if what else "edit.now.nothing"))
