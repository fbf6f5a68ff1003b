"""One vessel: what the machine saw, what the reader says of it."""

from __future__ import annotations

from html import escape

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QSpinBox

from napari_pathoflow.candidates import Candidate
from napari_pathoflow.keys import REASON_KEYS
from napari_pathoflow.panels.panel import Panel, shrinkable
from napari_pathoflow.styles import verdict_sign
from pathoflow.review import Named


class VesselPanel(Panel):
    """Facts, verdict, reason, kind, cells, note; no verdict is chosen beforehand."""

    title = "vessel"

    def build(self) -> None:
        """Make facts and buttons."""
        self.facts = self.text(rich=True)
        self.facts.setObjectName("pathoflow.vessel.facts")
        self.column.addWidget(self.facts)
        verdicts = QHBoxLayout()
        for action in ("accept", "reject", "uncertain"):
            verdicts.addWidget(self.button(action))
        self.column.addLayout(verdicts)
        self.column.addWidget(self.heading("vessel.reasons"))
        self.column.addLayout(self._reasons())
        self.column.addWidget(self.heading("vessel.by_hand"))
        self.column.addLayout(self._by_hand())
        self.column.addWidget(self.heading("vessel.note"))
        self.note = QLineEdit(self)
        self.note.setObjectName("pathoflow.vessel.note")
        self.note.setPlaceholderText(self.words("vessel.note.hint"))
        self.note.returnPressed.connect(self._keep_note)
        self.column.addWidget(self.note)
        self.notes = self.text()
        self.column.addWidget(self.notes)
        last = QHBoxLayout()
        last.addWidget(self.button("undo"))
        self.link = self.plain_button(self.words("vessel.link"), self._link, "link")
        self.link.setToolTip(self.words("vessel.link.hint"))
        last.addWidget(self.link)
        self.column.addLayout(last)
        self.column.addStretch(1)
        self.hear(self.desk.session.selected, self._show)
        self.hear(self.desk.session.changed, self.refresh)
        self.hear(self.desk.signals.wants, self._on_wants)
        self.refresh()

    def refresh(self) -> None:
        """Show the selected vessel as it stands now."""
        self._show(self.desk.session.vessel_id)

    def facts_of(self, one: Candidate) -> str:
        """A vessel's facts as a small table."""
        words = self.words
        low_high = one.n_cells_interval
        interval = "" if low_high is None else f" ({low_high[0]}–{low_high[1]})"
        rows = [
            ("vessel.verdict", f"{verdict_sign(one.verdict)} {words(f'state.{one.state}')}"),
            ("vessel.slide", one.slide),
            ("gallery.score.name", _number(one.p_mvi, "{:.2f}")),
            ("vessel.cells", _number(one.n_cells, "{}") + interval),
            ("fact.distance", _number(one.dist_edge_um, "{:.0f} µm")),
            ("fact.diameter", _number(one.diameter_um, "{:.0f} µm")),
            ("fact.kind", words(f"kind.{one.kind}")),
            ("fact.location", words(f"location.{one.location}")),
        ]
        if one.flags:
            rows.append(("vessel.flags", ", ".join(flag.replace("_", " ") for flag in one.flags)))
        lines = "".join(
            f"<tr><td>{escape(words(key))}&nbsp;</td><td><b>{escape(value)}</b></td></tr>"
            for key, value in rows
        )
        return f"<table>{lines}</table>"

    def _show(self, vessel_id: str | None) -> None:
        one = self.desk.session.candidate(vessel_id)
        self.setEnabled(one is not None)
        if one is None:
            self.facts.setText(self.words("vessel.none"))
            return
        self.facts.setText(self.facts_of(one))
        self.kind.blockSignals(True)
        self.kind.setCurrentIndex(self.kind.findData(one.kind))
        self.kind.blockSignals(False)
        self.cells.blockSignals(True)
        self.cells.setValue(one.n_cells or 0)
        self.cells.blockSignals(False)
        self.notes.setText("\n".join(self.desk.session.notes_on(one.id)))

    def _reasons(self) -> QGridLayout:
        grid = QGridLayout()
        for place, action in enumerate(REASON_KEYS):
            button = self.button(action)
            grid.addWidget(button, place // 2, place % 2)
        return grid

    def _by_hand(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.kind = QComboBox(self)
        shrinkable(self.kind)
        self.kind.setObjectName("pathoflow.vessel.kind")
        self.kind.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for kind in Named:
            self.kind.addItem(self.words(f"kind.{kind}"), str(kind))
        self.kind.currentIndexChanged.connect(self._on_kind)
        self.cells = QSpinBox(self)
        self.cells.setObjectName("pathoflow.vessel.cells")
        self.cells.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.cells.setRange(0, 100_000)
        self.cells.editingFinished.connect(self._on_cells)
        row.addWidget(self.kind, 3)
        row.addWidget(self.text(self.words("vessel.cells")))
        row.addWidget(self.cells)
        for over in (False, True):
            row.addWidget(self._box(over), 1)
        return row

    def _box(self, over_50: bool) -> QPushButton:
        def choose() -> None:
            self.desk.session.set_cell_box(over_50=over_50)

        key = "vessel.over_50" if over_50 else "vessel.up_to_50"
        return self.plain_button(self.words(key), choose, key)

    def _on_kind(self) -> None:
        kind = Named(self.kind.currentData())
        self.desk.attempt(lambda: self.desk.session.set_kind(kind))

    def _on_cells(self) -> None:
        one = self.desk.session.candidate(self.desk.session.vessel_id)
        if one is not None and self.cells.value() != (one.n_cells or 0):
            self.desk.attempt(lambda: self.desk.session.set_cells(self.cells.value()))

    def _keep_note(self) -> None:
        text = self.note.text().strip()
        if text:
            self.desk.attempt(lambda: self.desk.session.add_note(text))
        self.note.clear()
        # Keys go to the viewer again.
        self.note.clearFocus()
        self.desk.signals.wants.emit("gallery")

    def _link(self) -> None:
        self.desk.link_with_marked()

    def _on_wants(self, what: str) -> None:
        if what == "note":
            self.note.setFocus()


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)
