"""The vessels of a gallery as Qt's views ask for them: by row, one at a time, so that ten thousand cost nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qtpy.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from napari_pathoflow.candidates import Candidate

#: What the painter asks for beside Qt's own roles.
CANDIDATE = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex


class GalleryModel(QAbstractListModel):
    """Candidates in their order; a picture is not a part of it, because most are never seen."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._candidates: list[Candidate] = []
        self._rows: dict[str, int] = {}

    def show(self, candidates: Sequence[Candidate]) -> None:
        """Set all vessels; where only some verdicts changed, only those rows are painted again."""
        if [one.id for one in candidates] == [one.id for one in self._candidates]:
            changed = [
                row
                for row, (new, old) in enumerate(zip(candidates, self._candidates, strict=True))
                if new != old
            ]
            self._candidates = list(candidates)
            for row in changed:
                index = self.index(row, 0)
                self.dataChanged.emit(index, index)
            return
        self.beginResetModel()
        self._candidates = list(candidates)
        self._rows = {one.id: row for row, one in enumerate(candidates)}
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """How many there are."""
        return 0 if parent is not None and parent.isValid() else len(self._candidates)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The vessel of a row, or nothing."""
        if not index.isValid() or not 0 <= index.row() < len(self._candidates):
            return None
        one = self._candidates[index.row()]
        if role == CANDIDATE:
            return one
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{one.slide} {one.id} {one.state}"
        return None

    def at(self, row: int) -> Candidate:
        """The vessel of a row."""
        return self._candidates[row]

    def row_of(self, vessel_id: str | None) -> int | None:
        """The row of a vessel; None where it is not shown."""
        return None if vessel_id is None else self._rows.get(vessel_id)

    def touch(self, vessel_id: str) -> None:
        """Have a vessel painted again, because its picture has come."""
        if (row := self._rows.get(vessel_id)) is not None:
            index = self.index(row, 0)
            self.dataChanged.emit(index, index)
