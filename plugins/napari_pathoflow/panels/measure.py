"""Measuring: a straight line by hand, or the shortest way from a vessel to the tumour; both are kept."""

from __future__ import annotations

from qtpy.QtWidgets import QPushButton

from napari_pathoflow.panels.panel import Panel


class MeasurePanel(Panel):
    """Two ways to measure, and what was measured."""

    title = "measure"

    def build(self) -> None:
        """Make buttons and list."""
        self.column.addWidget(self.button("measure"))
        self.column.addWidget(self.button("measure_tumour"))
        self.column.addWidget(self.text(self.words("measure.hint")))
        for key, as_distance in (("measure.keep", False), ("measure.use", True)):
            self.column.addWidget(self._keeping(key, as_distance))
        self.column.addWidget(self.heading("measure.kept"))
        self.lengths = self.text(rich=True)
        self.lengths.setObjectName("pathoflow.measure.lengths")
        self.column.addWidget(self.lengths)
        self.column.addStretch(1)
        self.hear(self.desk.signals.measured, self._show)
        self.hear(self.desk.session.changed, self._show)
        self._show()

    def _keeping(self, key: str, as_distance: bool) -> QPushButton:
        def keep() -> None:
            self.desk.editing.keep_line(as_distance=as_distance)

        return self.plain_button(self.words(key), keep, key)

    def _show(self) -> None:
        drawn = [
            self.words("measure.line", um=f"{um:.1f}") for um in self.desk.editing.line_lengths()
        ]
        kept = self.desk.session.measurements(self.words)
        lines = [f"✓ {line}" for line in kept] + [line for line in drawn if line not in kept]
        self.lengths.setText("<br>".join(lines) or self.words("measure.none"))
