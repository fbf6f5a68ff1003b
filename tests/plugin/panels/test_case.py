"""The case as a panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QInputDialog,
    QPushButton,
    QTabWidget,
    QWidget,
)

from napari_pathoflow.desk import Desk
from napari_pathoflow.panels.case import CasePanel
from pathoflow.mvi import Site, Status


def test_the_grade_follows_every_verdict(make: Callable[..., Any], desk: Desk) -> None:
    panel = make(CasePanel)
    assert "Machine" in panel.grade.text()
    for one in desk.session.candidates:
        desk.session.select(one.id)
        desk.session.decide(Status.REJECTED)
    assert "In review, not final" in panel.grade.text()
    assert "No vessel counts so far." in panel.texts["kinds"].text()


def test_sites_and_tumours_are_stated_in_the_table_of_slides(
    make: Callable[..., Any], desk: Desk, qtbot: Any
) -> None:
    panel = make(CasePanel)
    box = panel.findChild(QComboBox, "pathoflow.case.site.CASE-1_B2")
    box.setCurrentIndex(box.findData("far"))
    box.activated.emit(box.currentIndex())
    tick = panel.findChild(QCheckBox, "pathoflow.case.tumour.CASE-1_B1")
    tick.click()
    case = desk.session.case
    assert case is not None
    assert {s.id: s.site for s in case.stated_slides}["CASE-1_B2"] is Site.FAR
    assert case.decisions is not None
    assert "CASE-1_B1" in case.decisions.confirmed_tumours


def test_signing_is_offered_when_nothing_is_left_and_amending_after_it(
    make: Callable[..., Any], desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = make(CasePanel)
    assert not panel.signing.isEnabled()
    for one in desk.session.candidates:
        desk.session.select(one.id)
        desk.session.decide(Status.REJECTED)
    for slide in desk.session.slide_ids:
        desk.session.confirm_tumour(slide, True)
    desk.do("complete")
    assert panel.signing.isEnabled()
    qtbot.mouseClick(panel.signing, Qt.MouseButton.LeftButton)
    assert desk.session.is_signed
    assert "Signed by Dr Li, 20" in panel.state.text()
    assert panel.amending.isEnabled()
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("deeper level", True))
    qtbot.mouseClick(panel.amending, Qt.MouseButton.LeftButton)
    assert not desk.session.is_signed


def test_no_reason_no_amendment(
    make: Callable[..., Any], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = make(CasePanel)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("", True))
    panel._amend()
    panel._excuse()
    assert desk.session.review is not None
    assert desk.session.review.log() == ()


def test_the_text_for_the_report_is_in_the_clipboard(
    make: Callable[..., Any], desk: Desk, qtbot: Any
) -> None:
    panel = make(CasePanel)
    button = panel.findChild(QPushButton, "pathoflow.copy")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text().startswith("Case: CASE-1\nMVI (NHC): ")


def test_behind_another_tab_it_waits_until_somebody_looks(
    make: Callable[..., Any], desk: Desk, qtbot: Any
) -> None:
    panel = make(CasePanel)
    tabs = QTabWidget()
    qtbot.addWidget(tabs)
    tabs.addTab(QWidget(), "vessel")
    tabs.addTab(panel, "case")
    tabs.show()
    desk.do("accept")
    assert "Machine" in panel.grade.text()
    tabs.setCurrentIndex(1)
    assert "In review, not final" in panel.grade.text()
    tabs.removeTab(1)
    panel.setParent(None)


def test_without_a_case_it_says_where_to_begin(make: Callable[..., Any], desk: Desk) -> None:
    desk.session.close()
    panel = make(CasePanel)
    assert panel.grade.text() == "Open a case in the worklist."
    assert not panel.isEnabled()
