"""A viewer's window made into a reader's desk: banner above, cases and gallery left, the selected vessel right."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qtpy.QtCore import Qt, QTimer
from qtpy.QtWidgets import QDockWidget, QLabel, QTabWidget, QVBoxLayout, QWidget

from napari_pathoflow.desk import Desk
from napari_pathoflow.panels.annotate import AnnotatePanel
from napari_pathoflow.panels.banner import Banner
from napari_pathoflow.panels.case import CasePanel
from napari_pathoflow.panels.edit import EditPanel
from napari_pathoflow.panels.explanation import ExplanationPanel
from napari_pathoflow.panels.gallery import GalleryPanel
from napari_pathoflow.panels.help import HelpSheet
from napari_pathoflow.panels.measure import MeasurePanel
from napari_pathoflow.panels.panel import Panel, scrolling
from napari_pathoflow.panels.run import RunPanel
from napari_pathoflow.panels.suggest import SuggestPanel
from napari_pathoflow.panels.train import TrainPanel
from napari_pathoflow.panels.vessel import VesselPanel
from napari_pathoflow.panels.worklist import WorklistPanel
from napari_pathoflow.preferences import Preferences
from napari_pathoflow.session import Session

_LEFT: Sequence[type[Panel]] = (WorklistPanel, GalleryPanel)
_RIGHT: Sequence[type[Panel]] = (VesselPanel, CasePanel, EditPanel, MeasurePanel)
#: What a review seldom needs, behind one further tab.
_MORE: Sequence[type[Panel]] = (
    ExplanationPanel,
    AnnotatePanel,
    TrainPanel,
    SuggestPanel,
    RunPanel,
)
#: Panels that scroll themselves, or fill their place.
_FILLING = (WorklistPanel, GalleryPanel, TrainPanel, RunPanel, SuggestPanel)
#: The desk of each viewer, as long as the viewer lives: a second widget of the same window finds it again.
_DESKS: weakref.WeakKeyDictionary[Any, Desk] = weakref.WeakKeyDictionary()
_SAID_MS = 8000
#: Widths that the panels begin with.
_LEFT_PX, _RIGHT_PX = 515, 390


def desk_of(viewer: Any, out: Path | None = None, preferences: Preferences | None = None) -> Desk:
    """The desk of a viewer, made where there is none."""
    desk = _DESKS.get(viewer)
    if desk is None:
        prefers = preferences or Preferences.of_user()
        desk = Desk(viewer, Session(out, prefers.reader, prefers.slide_folders), prefers)
        _DESKS[viewer] = desk
    elif out is not None:
        desk.session.set_out(out)
    return desk


class Tabs(QTabWidget):
    """Panels of one side."""

    def __init__(self, desk: Desk, kinds: Sequence[type[Panel]], parent: Any = None) -> None:
        super().__init__(parent)
        self.panels = [kind(desk) for kind in kinds]
        self.setUsesScrollButtons(True)
        self.tabBar().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for panel in self.panels:
            page: QWidget = panel if isinstance(panel, _FILLING) else scrolling(panel)
            self.addTab(page, desk.words(f"tab.{panel.title}"))

    def bring(self, title: str) -> None:
        """Show a panel by its title; one that is not here is passed over."""
        for place, panel in enumerate(self.panels):
            if panel.title == title:
                self.setCurrentIndex(place)


class Window:
    """Docks of a desk in a napari window.

    Parameters
    ----------
    desk
        Whose panels are shown.
    window
        napari's ``viewer.window``.
    """

    def __init__(self, desk: Desk, window: Any) -> None:
        self.desk, self._window = desk, window
        self._docks: list[Any] = []
        self.left: Tabs
        self.right: Tabs
        self._hide_layer_panels()
        self._build()
        desk.signals.said.connect(self.say)
        desk.signals.wants.connect(self._bring)
        desk.session.case_changed.connect(self._on_case)
        window._qt_window.destroyed.connect(lambda *_: self.close())
        self._on_case()

    def say(self, sentence: str) -> None:
        """Show a sentence at the foot of the window for a while."""
        self.said.setText(sentence)
        QTimer.singleShot(_SAID_MS, self._unsay)

    def speak(self, language: str) -> None:
        """Build all panels anew in another language."""
        self.desk.set_language(language)
        case_tab = self.right.currentIndex(), self.left.currentIndex()
        self._take_down()
        self._build()
        self.right.setCurrentIndex(case_tab[0])
        self.left.setCurrentIndex(case_tab[1])
        self._on_case()

    def close(self) -> None:
        """Let go of the case and of all signals."""
        self._release()
        self.desk.session.close()

    def panel(self, title: str) -> Panel:
        """A panel by its title."""
        return next(one for one in self._panels if one.title == title)

    # --- inside ---

    def _build(self) -> None:
        words = self.desk.words
        self.banner = Banner(words)
        self.left, self.right = Tabs(self.desk, _LEFT), Tabs(self.desk, _RIGHT)
        self.more = Tabs(self.desk, _MORE)
        self.right.addTab(self.more, words("tab.more"))
        self.said = QLabel()
        self.said.setObjectName("pathoflow.said")
        self.said.setWordWrap(True)
        self.said.setMinimumHeight(34)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.right, 1)
        column.addWidget(self.said)
        column.addWidget(self._language_button())
        for widget, area, name in (
            (self.banner, "top", "pathoflow.notice"),
            (self.left, "left", "pathoflow"),
            (side, "right", "pathoflow.desk"),
        ):
            dock = self._window.add_dock_widget(
                widget, area=area, name=name, add_vertical_stretch=False
            )
            # The notice has no cross to click on; the panels stay where a reader expects them.
            dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
            dock.setTitleBarWidget(QWidget(dock))
            self._docks.append(dock)
        self.share_width()
        scale = self.desk.preferences.font_scale
        for widget in (self.left, side):
            font = widget.font()
            font.setPointSizeF(font.pointSizeF() * scale)
            widget.setFont(font)
        self.left.setMinimumWidth(400)
        side.setMinimumWidth(380)
        side.setMaximumWidth(480)

    def share_width(self) -> None:
        """Three pictures side by side, a column of facts, and all the rest for the slide."""
        _, left, right = self._docks
        self._window._qt_window.resizeDocks(
            [left, right], [_LEFT_PX, _RIGHT_PX], Qt.Orientation.Horizontal
        )

    def _language_button(self) -> Any:
        other = "zh" if self.desk.words.language == "en" else "en"
        panel = self.right.panels[0]
        button = panel.plain_button(self.desk.words("language"), lambda: None, "language")
        # Later, because the button itself goes away with its panel.
        button.clicked.connect(lambda: QTimer.singleShot(0, lambda: self.speak(other)))
        return button

    @property
    def _panels(self) -> list[Panel]:
        return [*self.left.panels, *self.right.panels, *self.more.panels]

    def _take_down(self) -> None:
        self._release()
        for dock in self._docks:
            self._window.remove_dock_widget(dock)
        self._docks.clear()

    def _release(self) -> None:
        for panel in self._panels:
            panel.release()

    def _bring(self, what: str) -> None:
        if what == "help":
            keys_file = str(self.desk.preferences.keys_file)
            self.help = HelpSheet(
                self.desk.keys, self.desk.words, keys_file, self._window._qt_window
            )
            self.help.show()
            return
        title = "vessel" if what == "note" else what
        self.left.bring(title)
        self.right.bring(title)

    def _on_case(self) -> None:
        case = self.desk.session.case_id
        if case is not None:
            self.left.bring("gallery")
            self.desk.viewer.title = self.desk.words("window.title", case=case)

    def _unsay(self) -> None:
        self.said.setText("")

    def _hide_layer_panels(self) -> None:
        """Put napari's own lists away: they are for building pictures; a menu of napari brings them back."""
        viewer = self._window._qt_viewer
        viewer.dockLayerList.setVisible(False)
        viewer.dockLayerControls.setVisible(False)
