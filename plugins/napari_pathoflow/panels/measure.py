"""Measuring: a straight line by hand, or the shortest way from a vessel to the tumour; both are kept."""

from __future__ import annotations

from napari_pathoflow.panels.panel import Panel


class MeasurePanel(Panel):
    """Two ways to measure, and what was measured."""

    title = "measure"

    def build(self) -> None:
        """Make buttons and list."""
        self.column.addWidget(self.button("measure"))
        self.column.addWidget(self.button("measure_tumour"))
        self.column.addWidget(self.text(self.words("measure.hint")))
        use = self.plain_button(
            self.words("measure.use"), self.desk.editing.use_length, "measure.use"
        )
        self.column.addWidget(use)
        self.column.addWidget(self.heading("measure.kept"))
        self.lengths = self.text(rich=True)
        self.lengths.setObjectName("pathoflow.measure.lengths")
        self.column.addWidget(self.lengths)
        self.column.addStretch(1)
        self.hear(self.desk.signals.measured, self._show)
        self.hear(self.desk.session.changed, self._show)
        self._show()

    def _show(self) -> None:
        lines = [
            self.words("measure.line", um=f"{um:.1f}") for um in self.desk.editing.line_lengths()
        ]
        lines += self.desk.session.measurements(self.words)
        self.lengths.setText("<br>".join(lines) or self.words("measure.none"))
