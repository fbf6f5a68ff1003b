"""The worklist as a widget."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from qtpy.QtCore import Qt

from napari_pathoflow.desk import Desk
from napari_pathoflow.panels.worklist import WorklistPanel


def texts(panel: WorklistPanel, row: int = 0) -> list[str]:
    cells = [panel.table.item(row, column) for column in range(panel.table.columnCount())]
    return [cell.text() for cell in cells if cell is not None]


def test_a_row_says_state_slides_progress_and_what_is_lacking(
    make: Callable[..., Any], desk: Desk
) -> None:
    panel = make(WorklistPanel)
    assert texts(panel) == ["CASE-1", "ready", "2/2", "0/12", "2/7", "5 sites missing"]
    desk.do("accept")
    panel.refresh()
    assert texts(panel)[1:4] == ["in review", "2/2", "1/12"]


def test_enter_opens_the_case(make: Callable[..., Any], desk: Desk, qtbot: Any) -> None:
    panel = make(WorklistPanel)
    desk.session.close()
    panel.table.setCurrentCell(0, 0)
    qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    assert desk.session.case_id == "CASE-1"


def test_a_folder_without_cases_is_said_and_no_crash(
    make: Callable[..., Any], desk: Desk, tmp_path: Path
) -> None:
    panel = make(WorklistPanel)
    desk.session.set_out(tmp_path / "empty")
    panel.refresh()
    assert panel.table.rowCount() == 0
    assert "neither a case nor a result" in desk.said[-1]  # type: ignore[attr-defined]


def test_a_damaged_case_stands_in_the_list_with_its_fault(
    make: Callable[..., Any], desk: Desk, case_folder: Path
) -> None:
    desk.session.close()
    (case_folder / "case.json").write_text("{", "utf-8")
    panel = make(WorklistPanel)
    # Its slides stand there as cases of their own meanwhile.
    (place,) = [i for i, row in enumerate(panel.rows) if row.problem]
    assert texts(panel, place)[:2] == ["CASE-1", "cannot be opened"]
    assert "not valid JSON" in texts(panel, place)[5]
