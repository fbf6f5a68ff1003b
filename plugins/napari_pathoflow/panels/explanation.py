"""Why the machine suspects a vessel: a place for a map of what its score rests on."""

from __future__ import annotations

from napari_pathoflow.panels.panel import Panel


class ExplanationPanel(Panel):
    """Shows the map that a provider gives for the selected vessel, where one is there."""

    title = "explanation"

    def build(self) -> None:
        """Make the text and the button."""
        self.state = self.text()
        self.state.setObjectName("pathoflow.explanation.state")
        self.column.addWidget(self.state)
        self.button_show = self.plain_button(
            self.words("explanation.show"), self.desk.show_explanation, "explanation.show"
        )
        self.column.addWidget(self.button_show)
        self.column.addStretch(1)
        self.hear(self.desk.session.selected, lambda _: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Say whether there is anything to show."""
        has_one = self.desk.explain is not None
        self.button_show.setEnabled(has_one)
        self.state.setText(self.words("explanation.ready" if has_one else "explanation.none"))
