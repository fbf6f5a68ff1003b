"""The gallery: suspicious vessels side by side, in an order, through a filter."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import QModelIndex, Qt
from qtpy.QtGui import QKeyEvent
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QListView

from napari_pathoflow.candidates import SORTS, Query
from napari_pathoflow.panels.gallery_model import GalleryModel
from napari_pathoflow.panels.gallery_painter import GalleryPainter
from napari_pathoflow.panels.panel import Panel
from napari_pathoflow.panels.thumbnail_loader import ThumbnailLoader
from napari_pathoflow.styles import UNSEEN
from napari_pathoflow.thumbnails import FIELD_UM, WIDE_UM, Thumbnails
from pathoflow.mvi import Status
from pathoflow.review import Named

_ARROWS = {
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
}


class GalleryView(QListView):
    """A list of pictures that leaves letters to the viewer; Qt would search with them."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(2000)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setSpacing(2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk here; everything else goes on to the viewer."""
        if Qt.Key(event.key()) in _ARROWS:
            super().keyPressEvent(event)
        else:
            event.ignore()


class GalleryPanel(Panel):
    """Order, filter, pictures; the selected one is the desk's."""

    title = "gallery"

    def build(self) -> None:
        """Make the bar and the view."""
        desk = self.desk
        self._is_following = False
        self.loader = ThumbnailLoader(Thumbnails(desk.session.slides), self)
        self.model = GalleryModel(self)
        self.painter = GalleryPainter(self.loader, self.words, self)
        self.painter.side_px = desk.canvas.preferences.thumbnail_px
        self.view = GalleryView(self)
        self.view.setObjectName("pathoflow.gallery.view")
        self.view.setModel(self.model)
        self.view.setItemDelegate(self.painter)
        self.progress = self.text()
        self.progress.setObjectName("pathoflow.gallery.progress")
        self.column.addWidget(self.progress)
        self.column.addLayout(self._bar())
        self.column.addWidget(self.view, 1)
        self.column.addWidget(self.text(self.words("gallery.missed")))
        self.loader.arrived.connect(self.model.touch)
        self.view.selectionModel().currentChanged.connect(self._on_current)
        self.hear(desk.session.changed, self.refresh)
        self.hear(desk.session.case_changed, self._on_case)
        self.hear(desk.session.selected, self._on_selected)
        self.hear(desk.signals.wide_changed, self._on_wide)
        self.hear(desk.signals.wants, self._on_wants)
        self.refresh()

    def refresh(self) -> None:
        """Bring the pictures and the count up to date with the session."""
        session = self.desk.session
        self.model.show(session.candidates)
        n_done, n_all = session.progress
        self.progress.setText(self.words("gallery.progress", done=n_done, n=n_all))
        self._on_selected(session.vessel_id)

    def release(self) -> None:
        """Stop reading pictures."""
        super().release()
        self.loader.close()

    def _bar(self) -> QHBoxLayout:
        bar = QHBoxLayout()
        self.sort = self._choice("sort", [("gallery.sort." + s, s) for s in SORTS])
        states = [UNSEEN, *Status]
        self.state = self._choice(
            "state", [("gallery.all", ""), *((f"state.{s}", str(s)) for s in states)]
        )
        self.kind = self._choice(
            "kind", [("gallery.all_kinds", ""), *((f"kind.{k}", str(k)) for k in Named)]
        )
        self.flag = self._choice("flag", [("gallery.all_flags", "")])
        for box in (self.sort, self.state, self.kind, self.flag):
            bar.addWidget(box)
        return bar

    def _choice(self, name: str, choices: list[tuple[str, str]]) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName(f"pathoflow.gallery.{name}")
        box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(7)
        for key, value in choices:
            box.addItem(self.words(key), value)
        box.currentIndexChanged.connect(self._on_query)
        return box

    def _on_query(self) -> None:
        def chosen(box: QComboBox) -> frozenset[str]:
            value = box.currentData()
            return frozenset({str(value)} if value else ())

        self.desk.session.set_query(
            Query(self.sort.currentData(), chosen(self.state), chosen(self.kind), chosen(self.flag))
        )

    def _on_case(self) -> None:
        self.loader.thumbnails = Thumbnails(self.desk.session.slides)
        flags = sorted({flag for one in self.desk.session.all_candidates for flag in one.flags})
        self.flag.blockSignals(True)
        self.flag.clear()
        self.flag.addItem(self.words("gallery.all_flags"), "")
        for flag in flags:
            self.flag.addItem(flag.replace("_", " "), flag)
        self.flag.blockSignals(False)
        self.refresh()

    def _on_selected(self, vessel_id: str | None) -> None:
        row = self.model.row_of(vessel_id)
        if row is None:
            return
        index = self.model.index(row, 0)
        if self.view.currentIndex() != index:
            self._is_following = True
            self.view.setCurrentIndex(index)
            self._is_following = False
        self.view.scrollTo(index)

    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid() and not self._is_following:
            one = self.model.at(index.row())
            self.desk.attempt(lambda: self.desk.go_to(one.id))

    def _on_wide(self, is_wide: bool) -> None:
        self.painter.side_um = WIDE_UM if is_wide else FIELD_UM
        self.view.viewport().update()

    def _on_wants(self, what: str) -> None:
        if what == "gallery":
            self.view.setFocus()
