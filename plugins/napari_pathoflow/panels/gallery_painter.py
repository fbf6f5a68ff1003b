"""How one vessel of the gallery is painted: picture, hairline, verdict, score; no colour lies over the tissue."""

from __future__ import annotations

from typing import Any

import numpy as np
from qtpy.QtCore import QPointF, QRect, QSize, Qt
from qtpy.QtGui import QColor, QImage, QPainter, QPen, QPolygonF
from qtpy.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from napari_pathoflow.candidates import Candidate
from napari_pathoflow.panels.gallery_model import CANDIDATE, Index
from napari_pathoflow.panels.thumbnail_loader import ThumbnailLoader
from napari_pathoflow.styles import UNSEEN, verdict_colour, verdict_sign
from napari_pathoflow.texts import Words
from napari_pathoflow.thumbnails import FIELD_UM, Thumbnail

_RIM, _LINE_HEIGHT = 5, 18
_BAR_UM = {FIELD_UM: 100.0}
_WIDE_BAR_UM = 500.0


class GalleryPainter(QStyledItemDelegate):
    """Paints candidates; a picture that is not there yet is asked for and painted grey meanwhile."""

    def __init__(self, loader: ThumbnailLoader, words: Words, parent: Any = None) -> None:
        super().__init__(parent)
        self.loader, self.words = loader, words
        self.side_um = FIELD_UM
        self.side_px = 140

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The same for all, so that the view can place ten thousand without asking each."""
        return QSize(self.side_px + 2 * _RIM, self.side_px + 2 * _RIM + 2 * _LINE_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one vessel."""
        one = index.data(CANDIDATE)
        if one is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        space: QRect = option.rect
        state: QStyle.StateFlag = option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        if is_selected:
            painter.fillRect(space.adjusted(1, 1, -1, -1), QColor("#4C9BE8"))
        frame = QRect(space.left() + _RIM, space.top() + _RIM, self.side_px, self.side_px)
        self._paint_picture(painter, frame, one)
        self._paint_verdict(painter, frame, one)
        palette = option.palette
        painter.setPen(QColor("white") if is_selected else palette.text().color())
        below = QRect(frame.left(), frame.bottom() + 1, frame.width(), 2 * _LINE_HEIGHT)
        painter.drawText(
            below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.caption(one)
        )
        painter.restore()

    def caption(self, one: Candidate) -> str:
        """Two short lines under a picture: score and cells, then distance and slide."""
        score = "–" if one.p_mvi is None else f"{one.p_mvi:.2f}"
        cells = "–" if one.n_cells is None else str(one.n_cells)
        far = "–" if one.dist_edge_um is None else f"{one.dist_edge_um / 1000:.2f} mm"
        first = (
            self.words("gallery.added")
            if one.is_added
            else self.words("gallery.score", score=score)
        )
        return f"{first} · {self.words('gallery.cells', cells=cells)}\n{far} · {one.slide}"

    def _paint_picture(self, painter: QPainter, frame: QRect, one: Candidate) -> None:
        picture = self.loader.thumbnails.known(one, self.side_um)
        if picture is None:
            painter.fillRect(frame, QColor(150, 150, 150))
            self.loader.ask(one, self.side_um)
            return
        painter.drawImage(frame, as_image(picture))
        painter.setClipRect(frame)
        scale = frame.width() / picture.pixels.shape[1]
        pen = QPen(QColor("black"), 1.0)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        for ring in picture.rings:
            places = ring * scale + (frame.left(), frame.top())
            painter.drawPolyline(QPolygonF([QPointF(float(x), float(y)) for x, y in places]))
        self._paint_bar(painter, frame)
        painter.setClipping(False)

    def _paint_bar(self, painter: QPainter, frame: QRect) -> None:
        length_um = _BAR_UM.get(self.side_um, _WIDE_BAR_UM)
        length = round(frame.width() * length_um / self.side_um)
        left, bottom = frame.left() + 6, frame.bottom() - 6
        painter.setPen(QPen(QColor("black"), 2.5))
        painter.drawLine(left, bottom, left + length, bottom)

    def _paint_verdict(self, painter: QPainter, frame: QRect, one: Candidate) -> None:
        if one.state == UNSEEN:
            return
        colour = QColor(verdict_colour(one.verdict))
        painter.setPen(QPen(colour, 3))
        painter.drawRect(frame)
        badge = QRect(frame.right() - 23, frame.top() + 3, 20, 20)
        painter.setBrush(colour)
        painter.drawEllipse(badge)
        painter.setPen(QColor("black") if colour.lightness() > 140 else QColor("white"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, verdict_sign(one.verdict))


def as_image(picture: Thumbnail) -> QImage:
    """A picture as Qt paints it; the pixels are copied, because Qt does not keep them alive."""
    pixels = np.ascontiguousarray(picture.pixels)
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
