"""The case: grade with its range and reasons, sampling, checklist, slides, and the buttons that end a review."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtGui import QShowEvent
from qtpy.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QInputDialog,
    QLineEdit,
    QWidget,
)

from napari_pathoflow.panels.case_text import (
    checklist_text,
    grade_text,
    kinds_text,
    remarks_text,
    report_text,
    sampling_text,
    systems_text,
)
from napari_pathoflow.panels.panel import Panel, shrinkable
from pathoflow.mvi import Site

_SECTIONS = ("systems", "kinds", "sampling", "checklist", "remarks")


class CasePanel(Panel):
    """All that is said about the case, and who signs it."""

    title = "case"

    def build(self) -> None:
        """Make texts, the table of slides and the buttons."""
        self.state = self.text(rich=True)
        self.state.setObjectName("pathoflow.case.state")
        self.grade = self.text(rich=True)
        self.grade.setObjectName("pathoflow.case.grade")
        self.column.addWidget(self.state)
        self.column.addWidget(self.grade)
        self.texts = {}
        for name in _SECTIONS:
            self.column.addWidget(self.heading(f"case.{name}"))
            self.texts[name] = self.text(rich=True)
            self.texts[name].setObjectName(f"pathoflow.case.{name}")
            self.column.addWidget(self.texts[name])
        self.column.addWidget(self.heading("case.slides"))
        self.slides = QWidget(self)
        self.slides_grid = QGridLayout(self.slides)
        self.slides_grid.setContentsMargins(0, 0, 0, 0)
        self.column.addWidget(self.slides)
        self.column.addLayout(self._buttons())
        self.column.addWidget(self.text(self.words("case.no_signature")))
        self.column.addStretch(1)
        self._shown_slides: tuple[object, ...] = ()
        self._is_stale = False
        self.hear(self.desk.session.changed, self.refresh)
        self.hear(self.desk.session.case_changed, self.refresh)
        self.hear(self.desk.session.state_changed, self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the case as it stands now; behind another tab that waits until somebody looks.

        Grading thousands of candidates takes longer than giving one its verdict.
        """
        self._is_stale = self.window() is not self and not self.isVisible()
        if self._is_stale:
            return
        session = self.desk.session
        case = session.case
        self.setEnabled(case is not None)
        if case is None:
            self.grade.setText(self.words("case.none"))
            return
        self.state.setText(session.state_text(self.words))
        self.grade.setText(grade_text(case, self.words, is_signed=session.is_signed))
        self.texts["systems"].setText(systems_text(case, self.words))
        self.texts["kinds"].setText(kinds_text(case, self.words))
        self.texts["sampling"].setText(sampling_text(case, self.words))
        self.texts["checklist"].setText(checklist_text(case, self.words))
        self.texts["remarks"].setText(remarks_text(case, self.words))
        self._fill_slides()
        self.signing.setEnabled(session.may_sign)
        self.signing.setToolTip("" if session.may_sign else self.words("case.sign.blocked"))
        self.amending.setEnabled(session.is_signed)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what was decided meanwhile."""
        super().showEvent(event)
        if self._is_stale:
            self.refresh()

    def _fill_slides(self) -> None:
        case = self.desk.session.case
        assert case is not None
        confirmed = case.decisions.confirmed_tumours if case.decisions else frozenset()
        shown = tuple((s.id, s.status, s.site, s.id in confirmed) for s in case.stated_slides)
        if shown == self._shown_slides:
            return
        self._shown_slides = shown
        while (item := self.slides_grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for row, (name, status, site, is_confirmed) in enumerate(shown):
            label = self.text(f"{name} · {self.words(f'status.{status}')}")
            self.slides_grid.addWidget(label, 2 * row, 0, 1, 2)
            self.slides_grid.addWidget(self._site_box(name, site), 2 * row + 1, 0)
            self.slides_grid.addWidget(self._tumour_box(name, is_confirmed), 2 * row + 1, 1)

    def _site_box(self, slide: str, site: Site) -> QComboBox:
        box = QComboBox(self.slides)
        shrinkable(box)
        box.setObjectName(f"pathoflow.case.site.{slide}")
        box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for one in Site:
            box.addItem(self.words(f"site.{one}"), str(one))
        box.setCurrentIndex(box.findData(str(site)))
        box.activated.connect(
            lambda: self.desk.attempt(
                lambda: self.desk.session.set_site(slide, Site(box.currentData()))
            )
        )
        return box

    def _tumour_box(self, slide: str, is_confirmed: bool) -> QCheckBox:
        box = QCheckBox(self.words("case.tumour_right"), self.slides)
        shrinkable(box)
        box.setObjectName(f"pathoflow.case.tumour.{slide}")
        box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        box.setChecked(is_confirmed)
        box.clicked.connect(
            lambda on: self.desk.attempt(lambda: self.desk.session.confirm_tumour(slide, on))
        )
        return box

    def _buttons(self) -> QGridLayout:
        grid = QGridLayout()
        self.completing = self.button("complete")
        self.signing = self.button("sign")
        self.amending = self.plain_button(self.words("case.amend"), self._amend, "amend")
        excuse = self.plain_button(self.words("case.excuse"), self._excuse, "excuse")
        copy = self.plain_button(self.words("case.copy"), self._copy, "copy")
        second = self.plain_button(self.words("case.second"), self._second, "second")
        for place, button in enumerate(
            (self.completing, self.signing, self.amending, excuse, second, copy)
        ):
            grid.addWidget(button, place // 2, place % 2)
        return grid

    def _ask(self, key: str) -> str:
        """A written reason; empty where the reader thought better of it."""
        said, is_meant = QInputDialog.getText(
            self, self.words(key), self.words("case.reason"), QLineEdit.EchoMode.Normal
        )
        return said.strip() if is_meant else ""

    def _amend(self) -> None:
        if reason := self._ask("case.amend"):
            self.desk.session.amend(reason)

    def _excuse(self) -> None:
        slide = self.desk.session.slide_id
        if slide is not None and (reason := self._ask("case.excuse")):
            self.desk.session.excuse(slide, reason)

    def _second(self) -> None:
        session = self.desk.session
        if session.is_second_reading:
            session.finish_second_reading()
            return
        name, is_meant = QInputDialog.getText(
            self, self.words("case.second"), self.words("case.second.name")
        )
        if is_meant and name.strip():
            session.ask_second_reader(name.strip())

    def _copy(self) -> None:
        case = self.desk.session.case
        if case is not None:
            QApplication.clipboard().setText(report_text(case, self.words))
