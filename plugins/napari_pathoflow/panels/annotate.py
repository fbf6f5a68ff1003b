"""Drawing outlines to learn from."""

from __future__ import annotations

from qtpy.QtWidgets import QComboBox

from napari_pathoflow.label_sets import LABEL_CLASSES
from napari_pathoflow.panels.panel import Panel


class AnnotatePanel(Panel):
    """Begin a drawing on the slide, say of what, keep it as a label set."""

    title = "annotate"

    def build(self) -> None:
        """Make choice and buttons."""
        self.column.addWidget(self.text(self.words("annotate.hint")))
        self.kind = QComboBox(self)
        self.kind.setObjectName("pathoflow.annotate.kind")
        for name in LABEL_CLASSES:
            self.kind.addItem(self.words(f"label.{name}"), name)
        self.column.addWidget(self.kind)
        begin = self.plain_button(
            self.words("annotate.begin"), self.desk.teaching.begin, "annotate.begin"
        )
        keep = self.plain_button(self.words("annotate.keep"), self._keep, "annotate.keep")
        self.column.addWidget(begin)
        self.column.addWidget(keep)
        self.kept = self.text()
        self.kept.setObjectName("pathoflow.annotate.kept")
        self.column.addWidget(self.kept)
        self.column.addStretch(1)

    def _keep(self) -> None:
        path, n_outlines = self.desk.teaching.keep(str(self.kind.currentData()))
        self.kept.setText(self.words("annotate.kept", n=n_outlines, path=path.name))
