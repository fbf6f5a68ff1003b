"""The line that says what this is not; there is no setting for it."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel

from napari_pathoflow.styles import WARNING_COLOUR
from napari_pathoflow.texts import Words


class Banner(QLabel):
    """Research use only, in every language of the reader; shown again where somebody hides it."""

    def __init__(self, words: Words, parent: Any = None) -> None:
        super().__init__(words("banner"), parent)
        self.setObjectName("pathoflow.banner")
        self.setFixedHeight(26)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setStyleSheet(
            f"QLabel {{ background: {WARNING_COLOUR}; color: white; font-weight: bold; padding: 3px; }}"
        )

    def setVisible(self, visible: bool) -> None:
        """Be visible, whatever is asked for."""
        super().setVisible(True)
