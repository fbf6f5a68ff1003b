"""What every panel is: a widget that shows a desk and calls it, and decides nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from napari_pathoflow.keys import shown

if TYPE_CHECKING:
    from psygnal import SignalInstance

    from napari_pathoflow.desk import Desk


class Panel(QWidget):
    """A column of widgets over one desk.

    Parameters
    ----------
    desk
        What it shows.
    """

    #: Key of its title in the table of texts.
    title = ""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk, self.words = desk, desk.words
        self.setObjectName(f"pathoflow.{self.title}")
        self._heard: list[tuple[SignalInstance, Callable[..., Any]]] = []
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(8, 8, 8, 8)
        self.build()

    def build(self) -> None:
        """Make the widgets; once."""
        raise NotImplementedError

    def hear(self, signal: SignalInstance, slot: Callable[..., Any]) -> None:
        """Call ``slot`` on a signal of the desk for as long as this panel lives."""
        signal.connect(slot)
        self._heard.append((signal, slot))

    def release(self) -> None:
        """Hear nothing any more; Qt deletes widgets while Python still knows them."""
        for signal, slot in self._heard:
            signal.disconnect(slot, missing_ok=True)
        self._heard.clear()

    def button(self, action: str, text: str = "") -> QPushButton:
        """A button that does an action of the desk, with its key on it."""
        words = text or self.words(f"key.{action}")
        key = self.desk.key_of(action)
        button = QPushButton(f"{words}  [{shown(key)}]" if key else words, self)
        button.setObjectName(f"pathoflow.{action}")
        shrinkable(button)
        # Keys stay with the viewer after a click.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.desk.do(action))
        return button

    def plain_button(self, text: str, slot: Callable[[], Any], name: str) -> QPushButton:
        """A button of a panel's own; refusals are shown as the desk shows them."""
        button = QPushButton(text, self)
        button.setObjectName(f"pathoflow.{name}")
        shrinkable(button)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.desk.attempt(slot))
        return button

    def text(self, words: str = "", *, rich: bool = False) -> QLabel:
        """A line or a paragraph."""
        label = QLabel(words, self)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
        return label

    def heading(self, key: str) -> QLabel:
        """A bold line from the table of texts."""
        label = self.text(f"<b>{self.words(key)}</b>", rich=True)
        label.setContentsMargins(0, 6, 0, 0)
        return label


def shrinkable(widget: QWidget) -> None:
    """Let a widget be narrower than its words: a panel is as wide as its reader makes it."""
    policy = widget.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
    widget.setSizePolicy(policy)
    widget.setToolTip(widget.toolTip() or getattr(widget, "text", str)())


def scrolling(panel: Panel) -> QScrollArea:
    """A panel that may be higher than its place."""
    area = QScrollArea()
    area.setWidget(panel)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
