"""A whole window with a real canvas; runs on a display of its own (-m display)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication, QDockWidget

from napari_pathoflow import layers
from napari_pathoflow.panels.banner import Banner
from napari_pathoflow.preferences import Preferences
from napari_pathoflow.start import open_window

pytestmark = pytest.mark.display


@pytest.fixture
def opened(qtbot: Any, out: Path, tmp_path: Path) -> Iterator[Any]:
    viewer = open_window(
        out, block=False, preferences=Preferences.load(tmp_path / "config").but(reader="Dr Li")
    )
    window = viewer.window._qt_window.pathoflow
    window.desk.open_case(out / "cases" / "CASE-1")
    yield window
    viewer.close()


def wait(is_done: Callable[[], bool], most_s: float = 90.0) -> None:
    until = time.monotonic() + most_s
    while not is_done() and time.monotonic() < until:
        QApplication.processEvents()
        time.sleep(0.01)
    assert is_done()


def test_keys_reach_the_desk_from_canvas_and_gallery(opened: Any) -> None:
    desk = opened.desk
    first = desk.session.selected_id
    canvas = opened._window._qt_viewer.canvas.native
    QTest.keyClick(canvas, Qt.Key.Key_W)
    assert desk.session.candidate(first).verdict == "accepted"
    second = desk.session.selected_id
    QTest.keyClick(opened.panel("gallery").view, Qt.Key.Key_Q)
    assert desk.session.candidate(second).verdict == "rejected"


def test_the_slide_is_drawn_and_sharpens_when_one_goes_closer(opened: Any) -> None:
    desk = opened.desk
    desk.go_to(desk.session.selected_id, power=20.0)
    layer = desk.canvas.layer(layers.SLIDE)
    wait(lambda: layer.data_level == 0 and layer.loaded and layer._slice.image.raw.shape[0] > 200)
    shot = opened.desk.viewer.screenshot(canvas_only=True, flash=False)
    middle = shot[
        shot.shape[0] // 3 : -shot.shape[0] // 3, shot.shape[1] // 3 : -shot.shape[1] // 3
    ]
    # Tissue, neither black canvas nor one flat colour.
    assert middle[..., 0].mean() > 100
    assert np.std(middle[..., 1]) > 8


def test_the_notice_is_there_and_has_no_cross(opened: Any) -> None:
    holder = opened._window._qt_window
    banner = holder.findChild(Banner)
    assert banner.isVisible()
    dock = banner.parent()
    while not isinstance(dock, QDockWidget):
        dock = dock.parent()
    assert not dock.features() & QDockWidget.DockWidgetFeature.DockWidgetClosable


def test_another_language_builds_all_panels_anew_and_the_case_stays(opened: Any) -> None:
    desk = opened.desk
    desk.do("accept")
    opened.speak("zh")
    assert opened.left.tabText(0) == "工作列表"
    assert opened.panel("gallery").progress.text() == "已复核 1 / 12"
    QTest.keyClick(opened._window._qt_viewer.canvas.native, Qt.Key.Key_W)
    assert desk.session.progress == (2, 12)


def test_help_opens_over_the_window(opened: Any) -> None:
    QTest.keyClick(opened._window._qt_viewer.canvas.native, Qt.Key.Key_F1)
    assert opened.help.isVisible()
    QTest.keyClick(opened.help, Qt.Key.Key_Space)
    assert not opened.help.isVisible()


def test_closing_the_window_gives_the_case_back(opened: Any, out: Path) -> None:
    from pathoflow.review import open_case

    opened.close()
    review = open_case(out / "cases" / "CASE-1", "Dr Wu").review
    assert review.open()
    review.close()
