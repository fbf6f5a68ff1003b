"""The notice that cannot be hidden."""

from __future__ import annotations

from typing import Any

import pytest

from napari_pathoflow.panels.banner import Banner
from napari_pathoflow.preferences import Preferences
from napari_pathoflow.texts import Words


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_stays_whatever_is_asked_of_it(qtbot: Any, language: Any) -> None:
    banner = Banner(Words(language))
    qtbot.addWidget(banner)
    banner.show()
    banner.hide()
    assert banner.isVisible()
    banner.setVisible(False)
    assert banner.isVisible()
    assert banner.text() == Words(language)("banner")


def test_no_preference_speaks_of_it() -> None:
    assert not [name for name in Preferences.__slots__ if "banner" in name or "notice" in name]
