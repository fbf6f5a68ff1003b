"""The worklist: all cases of a result folder, what state they are in, what they lack."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import Qt
from qtpy.QtGui import QColor, QKeyEvent
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from napari_pathoflow.panels.panel import Panel
from napari_pathoflow.styles import WARNING_COLOUR
from pathoflow.errors import PathoflowError
from pathoflow.review import WorklistRow

_COLUMNS = ("case", "state", "slides", "reviewed", "sites", "remark")


class CaseTable(QTableWidget):
    """Rows are chosen with arrows and Enter; letters go to the viewer."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(0, len(_COLUMNS), parent)
        self.setObjectName("pathoflow.worklist.table")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().setVisible(False)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, arrows walk, everything else goes on to the viewer."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.cellActivated.emit(self.currentRow(), 0)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End):
            super().keyPressEvent(event)
        else:
            event.ignore()


class WorklistPanel(Panel):
    """A table of cases; a double click or Enter opens one."""

    title = "worklist"

    def build(self) -> None:
        """Make the table."""
        self.rows: list[WorklistRow] = []
        self.table = CaseTable(self)
        self.table.setHorizontalHeaderLabels([self.words(f"worklist.{c}") for c in _COLUMNS])
        self.table.cellDoubleClicked.connect(self._open)
        self.table.cellActivated.connect(self._open)
        self.column.addWidget(self.text(self.words("worklist.hint")))
        self.column.addWidget(self.table, 1)
        self.column.addWidget(
            self.plain_button(self.words("worklist.again"), self.refresh, "worklist.again")
        )
        self.hear(self.desk.session.case_changed, self.refresh)
        self.hear(self.desk.session.state_changed, self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Read the worklist anew."""
        try:
            self.rows = self.desk.session.worklist()
        except PathoflowError as error:
            self.rows = []
            self.desk.signals.said.emit(str(error))
        self.table.setRowCount(len(self.rows))
        for place, row in enumerate(self.rows):
            self._fill(place, row)

    def remark(self, row: WorklistRow) -> str:
        """What a case lacks, and who has it open."""
        said = [row.problem] if row.problem else []
        if row.n_failed:
            said.append(self.words("worklist.failed", n=row.n_failed))
        if not row.problem and row.n_points < 7:
            said.append(self.words("worklist.points", n=7 - row.n_points))
        if row.holder is not None and row.case != self.desk.session.case_id:
            said.append(self.words("worklist.holder", name=row.holder.who))
        return "; ".join(said)

    def _fill(self, place: int, row: WorklistRow) -> None:
        texts = (
            row.case,
            self.words(f"case_state.{row.stage or 'broken'}"),
            f"{row.n_slides - row.n_failed}/{row.n_slides}",
            f"{row.n_reviewed}/{row.n_candidates}",
            f"{row.n_points}/7",
            self.remark(row),
        )
        lacking = {
            "slides": row.n_failed > 0,
            "sites": row.n_points < 7,
            "remark": row.needs_attention,
        }
        is_open = row.case == self.desk.session.case_id
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            if is_open:
                font = item.font()
                font.setBold(True)
                item.setFont(font)
            if lacking.get(_COLUMNS[column]):
                item.setForeground(QColor(WARNING_COLOUR))
            self.table.setItem(place, column, item)

    def _open(self, place: int, column: int) -> None:
        del column
        if 0 <= place < len(self.rows):
            row = self.rows[place]
            self.desk.attempt(lambda: self.desk.open_case(row.path))
